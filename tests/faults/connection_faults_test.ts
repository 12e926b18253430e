import assert from "node:assert/strict";
import { join } from "node:path";
import { ApiServer } from "../api_server/api_server.ts";
import { idOf, SAMPLE_IDS, samplePod, Scene } from "../e2e/scene.ts";
import type { WatcherProcess } from "../e2e/watcher_process.ts";
import { FaultyLink, LINK_CA } from "./faulty_link.ts";
import { freePort, scrape } from "./metrics_scrape.ts";

const WEB = samplePod("web");

/** Writes a kubeconfig that trusts an authority. */
async function kubeconfig(scene: Scene, { url, ca }: { url: string; ca: string }): Promise<string> {
  const path = join(scene.folder, "kubeconfig");
  const cluster = { server: url, "certificate-authority-data": new TextEncoder().encode(ca).toBase64() };
  const contexts = [{ name: "here", context: { cluster: "c", user: "u" } }];
  const config = { "current-context": "here", contexts, clusters: [{ name: "c", cluster }], users: [{ name: "u" }] };
  await Deno.writeTextFile(path, JSON.stringify(config));
  return path;
}

/** Checks that every container is followed with what its path tells, and that the reason is said once and counted. */
async function followsByPaths(
  scene: Scene,
  { watcher, said, port }: { watcher: WatcherProcess; said: RegExp; port: number },
) {
  await scene.untilExactly(SAMPLE_IDS, watcher);
  assert.equal(scene.outputs.log(idOf(WEB, "app"))?.attributes.application, WEB.name);
  assert.equal(scene.outputs.log(idOf(WEB, "app"))?.attributes.namespace, "shop");
  await watcher.until("it tried twice", async () => (await scrape(port))!.get("api_failures_total")! >= 2);
  const lines = watcher.said(said);
  assert.equal(lines.length, 1, JSON.stringify(watcher.said(/Cannot reach/)));
  assert.equal(lines[0]?.level, "warn");
}

Deno.test("a name of the API that does not resolve is said once, and logs are followed by their paths", async () => {
  await using scene = await Scene.open();
  const port = freePort();
  await using watcher = scene.watch(["--metrics-port", String(port), "--pod-wait", "0.3"], {
    env: { WATCHER_KUBE_URL: "http://kube.invalid" },
  });
  await followsByPaths(scene, {
    watcher,
    said: /Cannot reach the Kubernetes API at http:\/\/kube\.invalid.*dns error/,
    port,
  });
});

const CERTIFICATES = [
  { what: "signed by another authority", certificate: "server", ca: ApiServer.caCert, says: /UnknownIssuer/ },
  { what: "that has expired", certificate: "expired", ca: LINK_CA, says: /certificate.*[Ee]xpired/ },
] as const;

for (const { what, certificate, ca, says } of CERTIFICATES) {
  Deno.test(`a certificate of the API ${what} is refused and said once, and logs are followed by their paths`, async () => {
    await using scene = await Scene.open();
    const port = freePort();
    await using refused = await FaultyLink.open({ target: scene.server.port, certificate });
    const path = await kubeconfig(scene, { url: refused.url, ca });
    await using watcher = scene.watch(["--metrics-port", String(port), "--pod-wait", "0.3"], {
      env: { WATCHER_KUBE_URL: "", KUBECONFIG: path },
    });
    await followsByPaths(scene, { watcher, said: says, port });
    assert.deepEqual(scene.server.requests, [], "nothing is asked of a server that is not trusted");
    // Only a certificate can be mended while the program runs; the authority is read again from its file, see tests/pods.
    if (certificate !== "expired") return;

    await refused[Symbol.asyncDispose]();
    await using _mended = await FaultyLink.open({
      target: scene.server.port,
      certificate: "server",
      port: Number(new URL(refused.url).port),
    });
    await watcher.until(
      "the pods' labels are there",
      () => scene.outputs.log(idOf(WEB, "app"))?.attributes.application === "web",
    );
    await scene.untilExactly(SAMPLE_IDS, watcher);
    assert.equal(scene.server.count("list"), 1);
  });
}
