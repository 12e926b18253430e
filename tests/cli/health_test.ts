import assert from "node:assert/strict";
import { REAL_MAIN, runProgram } from "./program.ts";

/** Runs `health` against a watcher that gives these answers by path. */
async function health(answers: Readonly<Record<string, Response>>, ...args: string[]) {
  const answer = (request: Request) => answers[new URL(request.url).pathname] ?? new Response("", { status: 404 });
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, answer);
  const port = String(server.addr.port);
  return await runProgram(["health", "--metrics-port", port, ...args], { main: REAL_MAIN });
}

Deno.test("health ends with 0 where the watcher says that it is well", async () => {
  const { code, out } = await health({ "/healthz": new Response("ok\n") });
  assert.deepEqual([code, out], [0, "ok\n"]);
});

Deno.test("health ends with 1 where the watcher is stuck, and prints why", async () => {
  const { code, out } = await health({ "/healthz": new Response("The last pass was 300 s ago\n", { status: 503 }) });
  assert.deepEqual([code, out], [1, "The last pass was 300 s ago\n"]);
});

Deno.test("health --ready asks whether the watcher is ready", async () => {
  const answers = () => ({
    "/healthz": new Response("ok\n"),
    "/readyz": new Response("No pods yet\n", { status: 503 }),
  });
  assert.equal((await health(answers())).code, 0);
  const { code, out } = await health(answers(), "--ready");
  assert.deepEqual([code, out], [1, "No pods yet\n"]);
});

Deno.test("health ends with 1 where nobody answers, and with 0 and a note where there is no port to ask", async () => {
  const port = freePort();
  const nobody = await runProgram(["health", "--metrics-port", String(port)], { main: REAL_MAIN });
  assert.equal(nobody.code, 1);
  assert.match(nobody.out, new RegExp(`^No watcher answers at http://127\\.0\\.0\\.1:${port}/healthz: `));
  const unasked = await runProgram(["health"], { main: REAL_MAIN });
  assert.equal(unasked.code, 0);
  assert.match(unasked.err, /has no metrics port, so nothing is asked/);
});

Deno.test("health refuses what is no port", async () => {
  const { code, err } = await runProgram(["health", "--metrics-port", "web"], { main: REAL_MAIN });
  assert.equal(code, 2);
  assert.match(err, /--metrics-port is "web", expected a port/);
});

/** Finds a port that nobody listens at now. */
function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
