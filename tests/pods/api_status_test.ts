import assert from "node:assert/strict";
import { ApiStatusError, refuseUnlessOk, retryAfter } from "../../lib/pods/api_status.ts";
import { recorded } from "./informer_fixture.ts";

Deno.test("retryAfter reads seconds and dates, and takes anything else for no wish", () => {
  const now = Date.parse("2026-11-23T21:00:00Z");
  const cases: [string | null, number][] = [
    [null, 0],
    ["0", 0],
    ["7", 7_000],
    [" 7 ", 7_000],
    ["Mon, 23 Nov 2026 21:00:09 GMT", 9_000],
    ["Mon, 23 Nov 2026 20:00:00 GMT", 0],
    ["99999999999", 300_000],
    ["-5", 0],
    ["soon", 0],
  ];
  for (const [header, waitMs] of cases) assert.equal(retryAfter(header, now), waitMs, `${header}`);
});

Deno.test("a refusal says what was asked, the status and the server's own words", async () => {
  const response = new Response(recorded("apiserver-1.20.2/403.json"), { status: 403 });
  await assert.rejects(refuseUnlessOk(response, { action: "list pods", now: 0 }), (error) => {
    assert.ok(error instanceof ApiStatusError);
    assert.equal(error.status, 403);
    assert.match(error.message, /^Cannot list pods: the API server answered 403: pods is forbidden: User "watcher"/);
    return true;
  });
});

Deno.test("a refusal with an endless or broken explanation is a refusal still", async () => {
  const endless = new ReadableStream({
    pull: (controller) => controller.enqueue(new TextEncoder().encode("very ".repeat(500))),
  });
  const broken = new ReadableStream({ pull: (controller) => controller.error(new Error("cut")) });
  for (const body of [endless, broken]) {
    const response = new Response(body, { status: 500 });
    await assert.rejects(refuseUnlessOk(response, { action: "list pods", now: 0 }), (error) => {
      assert.ok(error instanceof ApiStatusError && error.message.length < 400);
      return true;
    });
  }
});
