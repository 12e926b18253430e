import assert from "node:assert/strict";
import { apiPod } from "../../lib/sample/api_pod.ts";
import { SAMPLE_NODE_NAME } from "../../lib/sample/sample_node.ts";
import { SAMPLE_PODS } from "../../lib/sample/sample_pods.ts";
import { idOf, numberedPod, SAMPLE_IDS, samplePod, Scene } from "../e2e/scene.ts";
import type { WatcherProcess } from "../e2e/watcher_process.ts";
import { FaultyLink } from "./faulty_link.ts";
import { freePort, scrape } from "./metrics_scrape.ts";

const WEB = samplePod("web");
const WEB_NAME = { namespace: WEB.namespace, name: WEB.name };
const JOB_NAME = { namespace: "default", name: samplePod("job").name };
const EMPTY_LIST = { kind: "PodList", apiVersion: "v1", metadata: { resourceVersion: "7" }, items: [] };

/** Everything that takes part in a fault. */
interface Stage {
  readonly scene: Scene;
  readonly link: FaultyLink;
  readonly watcher: WatcherProcess;
}

/** A fault of the API, or of the way to it. */
interface Fault {
  readonly what: string;
  /** Begins it; resolves when the program has met it. */
  readonly begin: (stage: Stage) => Promise<unknown> | void;
  /** Ends it, default nothing to do. */
  readonly end?: (stage: Stage) => void;
  /** Most lists and watches from its beginning until a change arrives again; the first watch is not counted. */
  readonly most: { readonly lists: number; readonly watches: number };
}

const FAULTS: readonly Fault[] = [
  {
    what: "connections that are reset in the middle of an event",
    async begin({ link, scene, watcher }) {
      link.mode = { kind: "reset", afterBytes: 300 };
      link.reset();
      scene.server.pods.patch(JOB_NAME, { metadata: { labels: { seen: "later" } } });
      await scene.untilAsked({ watches: 3 }, watcher);
    },
    end: ({ link }) => void (link.mode = { kind: "pass" }),
    most: { lists: 0, watches: 7 },
  },
  {
    what: "a server that accepts connections and says nothing",
    async begin({ link, watcher }) {
      link.mode = { kind: "silent" };
      const before = link.accepted;
      link.reset();
      await watcher.until("it asks again", () => link.accepted > before);
    },
    end({ link }) {
      link.mode = { kind: "pass" };
      link.reset();
    },
    most: { lists: 0, watches: 3 },
  },
  {
    what: "a watch that goes silent without closing",
    begin: ({ scene }) => void (scene.server.isSilent = true),
    end({ scene }) {
      scene.server.isSilent = false;
      scene.server.breakWatches();
    },
    most: { lists: 0, watches: 2 },
  },
  {
    what: "bytes that come slowly",
    begin({ link, scene }) {
      link.mode = { kind: "slow", bytes: 40, everyMs: 1 };
      scene.server.goneNextWatch();
      scene.server.endWatches();
    },
    most: { lists: 1, watches: 3 },
  },
  {
    what: "lists that are truncated JSON or HTML",
    async begin({ scene, watcher }) {
      const bodies = [JSON.stringify(EMPTY_LIST).slice(0, -9), "<html>Sign in</html>"];
      for (const body of bodies) scene.server.failNext({ status: 200, verb: "list", body });
      scene.server.goneNextWatch();
      scene.server.endWatches();
      await scene.untilAsked({ lists: 1 + bodies.length }, watcher);
    },
    most: { lists: 3, watches: 2 },
  },
  {
    what: "404 for lists and watches",
    async begin({ scene, watcher }) {
      scene.server.failNext({ status: 404, times: 2 });
      scene.server.breakWatches();
      await scene.untilAsked({ watches: 2, lists: 2 }, watcher);
    },
    most: { lists: 2, watches: 2 },
  },
  {
    what: "500 and 504 for watches",
    async begin({ scene, watcher }) {
      for (const status of [500, 504]) scene.server.failNext({ status });
      scene.server.breakWatches();
      await scene.untilAsked({ watches: 3 }, watcher);
    },
    most: { lists: 0, watches: 3 },
  },
  {
    what: "a list without any of the pods that run",
    async begin({ scene, watcher }) {
      const metadata = { resourceVersion: String(scene.server.pods.version) };
      scene.server.failNext({ status: 200, verb: "list", body: JSON.stringify({ ...EMPTY_LIST, metadata }) });
      scene.server.goneNextWatch();
      scene.server.endWatches();
      await scene.untilAsked({ lists: 2, watches: 3 }, watcher);
    },
    most: { lists: 1, watches: 2 },
  },
  {
    what: "a resourceVersion from the future",
    async begin({ scene, watcher }) {
      const { pods } = scene.server;
      const body = {
        ...EMPTY_LIST,
        metadata: { resourceVersion: String(pods.version + 1_000_000) },
        items: pods.list(),
      };
      scene.server.failNext({ status: 200, verb: "list", body: JSON.stringify(body) });
      scene.server.goneNextWatch();
      scene.server.endWatches();
      await scene.untilAsked({ lists: 2, watches: 3 }, watcher);
      await scene.untilWatching(watcher);
    },
    // The server says nothing of what it does not know. That two such watches, of five to ten minutes, lead to a new list is tested with a clock
    // (tests/pods/informer_test.ts); here the server tells sooner.
    end({ scene }) {
      scene.server.goneNextWatch();
      scene.server.breakWatches();
    },
    most: { lists: 2, watches: 4 },
  },
  {
    what: "the deletion of every pod while their containers run",
    begin({ scene }) {
      for (const { metadata } of scene.server.pods.list()) scene.server.pods.delete(metadata);
    },
    end({ scene }) {
      for (const pod of SAMPLE_PODS) scene.putPod(apiPod(pod, { nodeName: SAMPLE_NODE_NAME }));
    },
    most: { lists: 0, watches: 0 },
  },
];

for (const { what, begin, end, most } of FAULTS) {
  Deno.test(`nothing is removed or stripped by ${what}; logs that come meanwhile are followed, and afterwards the state is right`, async () => {
    await using scene = await Scene.open();
    await using link = await FaultyLink.open({ target: scene.server.port });
    await using watcher = await scene.watchUntilComplete([], {
      env: { WATCHER_KUBE_URL: link.url, WATCHER_POD_WAIT: "0.3" },
    });
    await scene.untilWatching(watcher);
    const stage = { scene, link, watcher };
    const { outputs, server } = scene;
    const before = outputs.prints();
    const asked = server.requests.length;
    await begin(stage);
    const newcomer = numberedPod(1, { component: "newcomer" });
    await scene.startPod(newcomer);
    const ids = [...SAMPLE_IDS, idOf(newcomer)];
    await scene.untilExactly(ids, watcher);
    const after = outputs.prints();
    for (const path of Object.keys(before).filter((path) => path !== "scalyr-config/agent.json")) {
      assert.equal(after[path], before[path], path);
    }
    assert.equal(outputs.log(idOf(WEB, "app"))?.attributes.component, "frontend");

    end?.(stage);
    server.pods.patch(WEB_NAME, { metadata: { labels: { release: "r43" } } });
    await watcher.until(
      "a patch arrives, and what the newcomer's pod says",
      () =>
        outputs.log(idOf(WEB, "app"))?.attributes.release === "r43" &&
        outputs.log(idOf(newcomer))?.attributes.component === "newcomer",
    );
    await scene.untilExactly(ids, watcher);
    const verbs = server.requests.slice(asked).map(({ verb }) => verb);
    assert.ok(verbs.filter((verb) => verb === "list").length <= most.lists, verbs.join());
    assert.ok(verbs.filter((verb) => verb === "watch").length <= most.watches, verbs.join());
    assert.deepEqual(watcher.said(/not followed any more/), []);
  });
}

Deno.test("429 is answered by waiting as long as Retry-After says, which a metric shows, and by one request then", async () => {
  await using scene = await Scene.open();
  const port = freePort();
  await using watcher = await scene.watchUntilComplete(["--metrics-port", String(port)]);
  await scene.untilWatching(watcher);
  scene.server.failNext({ status: 429, verb: "watch", headers: { "retry-after": "2" } });
  // Before the wait begins, however late this process gets to see it.
  const brokenAt = performance.now();
  scene.server.breakWatches();
  await scene.untilAsked({ watches: 2 }, watcher);
  const waitSeconds = await watcher.until(
    "the wait is shown",
    async () => (await scrape(port))?.get("api_backoff_seconds"),
  );
  assert.ok(waitSeconds >= 2, `${waitSeconds}`);
  await scene.untilAsked({ watches: 3 }, watcher);
  assert.ok(performance.now() - brokenAt >= 1_900, "it waited");
  await watcher.until("the wait is over", async () => (await scrape(port))?.get("api_backoff_seconds") === 0);
  assert.deepEqual(scene.server.requests.map(({ verb }) => verb), ["list", "watch", "watch", "watch"]);
});

Deno.test("while the API is away the back-off doubles within its bounds, spread by chance, and a metric shows it", async () => {
  await using scene = await Scene.open();
  const port = freePort();
  await using watcher = await scene.watchUntilComplete(["--metrics-port", String(port)]);
  await scene.untilWatching(watcher);
  await scene.server.stop();
  const waits: number[] = [];
  await watcher.until("four waits are shown", async () => {
    const wait = (await scrape(port))?.get("api_backoff_seconds") ?? 0;
    if (wait > 0 && wait !== waits.at(-1)) waits.push(wait);
    return waits.length >= 4;
  });
  waits.forEach((wait, index) => {
    // A wait that was too short to be seen makes the next one seem to be an earlier step.
    assert.ok(wait >= 0.25 * 2 ** index, `${waits}`);
    assert.ok(wait <= 30, `${waits}`);
  });
  assert.equal(new Set(waits.map((wait, index) => wait / 2 ** index)).size, waits.length, "chance spreads them");
  assert.ok((await scrape(port))!.get("api_failures_total")! >= waits.length);
  assert.deepEqual(scene.outputs.complete(), SAMPLE_IDS);
});
