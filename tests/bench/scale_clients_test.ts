import assert from "node:assert/strict";
import { join } from "node:path";
import { Clients } from "../../bench/scale/clients.ts";
import type { ClientPlan } from "../../bench/scale/client_plan.ts";
import { until } from "../e2e/realnode/until.ts";
import { ApiServer } from "../api_server/api_server.ts";
import { examplePod } from "../api_server/example_pod.ts";

const NODES = Array.from({ length: 20 }, (_, index) => `node-${index}`);

/** Starts an API server with a pod on each node. */
async function withServer(action: (plan: ClientPlan, server: ApiServer) => Promise<void>): Promise<void> {
  await using server = ApiServer.start({ tls: true, token: "t1" });
  const folder = Deno.makeTempDirSync();
  Deno.writeTextFileSync(join(folder, "token"), "t1");
  Deno.writeTextFileSync(join(folder, "ca.crt"), ApiServer.caCert);
  for (const nodeName of NODES) server.pods.put(examplePod(`web-${nodeName}`, { nodeName }));
  const nodes = NODES.map((name) => ({ name, pods: [{ namespace: "shop", name: `web-${name}`, containers: 2 }] }));
  const { hostname, port } = new URL(server.url);
  try {
    await action(
      { pattern: "ours", host: hostname, port, serviceAccountPath: folder, nodes, startWithinMs: 0 },
      server,
    );
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

Deno.test("each simulated client of the program asks for one list and one watch, whose bytes are counted", async () => {
  await withServer(async (plan, server) => {
    await using clients = Clients.start(plan);
    await until(
      "all clients know their pods",
      () => clients.totals().synced < NODES.length ? JSON.stringify(clients.totals()) : "",
    );
    await server.watching(NODES.length);
    const { requests, bytes } = clients.totals();
    assert.deepEqual(requests, { list: NODES.length, watch: NODES.length, get: 0 });
    assert.ok(bytes > 1000, `${bytes} bytes`);
  });
});

Deno.test("each simulated client of the predecessor asks once for the pod of each container", async () => {
  await withServer(async (plan, server) => {
    await using clients = Clients.start({ ...plan, pattern: "predecessor" });
    await until("a first round", () => clients.totals().synced < NODES.length ? JSON.stringify(clients.totals()) : "");
    assert.deepEqual(clients.totals().requests, { list: 0, watch: 0, get: 2 * NODES.length });
    assert.equal(server.count("list") + server.count("watch"), 0);
  });
});
