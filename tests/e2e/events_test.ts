import assert from "node:assert/strict";
import { join } from "node:path";
import { SAMPLE_PODS } from "../../lib/sample/sample_pods.ts";
import { REAL_MAIN, runProgram } from "../cli/program.ts";
import { freePort, scrape, total } from "../faults/metrics_scrape.ts";
import { samplePod, Scene } from "./scene.ts";

const CART = samplePod("cart");
const WEB = samplePod("web");

Deno.test("a pod with a wrong annotation gets an event of its own, once, and the next mistake another one; nobody else does", async () => {
  await using scene = await Scene.open();
  const { server } = scene;
  server.allowsEvents = true;
  await using watcher = await scene.watchUntilComplete(["--events", "--annotations-from", "fluentbit"]);
  const eventsOf = (name: string) => server.events.filter(({ involvedObject }) => involvedObject.name === name);

  await watcher.until("the agent's warning is told", () => eventsOf(CART.name).length === 1);
  const [first] = eventsOf(CART.name);
  assert.equal(first!.involvedObject.uid, CART.uid);
  assert.equal(first!.reason, "LogAnnotationInvalid");
  assert.match(
    first!.message,
    /^Container cart: Agent scalyr cannot use annotation kubernetes-log-watcher\/scalyr-parser .*; expected: a JSON list/,
  );
  const annotate = (annotations: Record<string, string>) =>
    server.pods.patch({ namespace: WEB.namespace, name: WEB.name }, { metadata: { annotations } });
  annotate({
    "kubernetes-log-watcher/exclude": "yes please",
    "kubernetes-log-watcher/parser": "nginx",
    "fluentbit.io/parser": "apache",
  });
  await watcher.until("both mistakes of the other pod are told", () => eventsOf(WEB.name).length === 2);
  assert.deepEqual(eventsOf(WEB.name).map(({ reason }) => reason).sort(), [
    "LogAnnotationConflict",
    "LogAnnotationInvalid",
  ]);
  assert.match(
    eventsOf(WEB.name).map(({ message }) => message).join("\n"),
    /^Containers app, proxy: .*true or false$/m,
  );
  annotate({ "kubernetes-log-watcher/exclude": "nearly", unrelated: "1" });
  // Another wrong value is the same mistake; that the next one is told shows that this one was looked at.
  annotate({ "kubernetes-log-watcher/agents": "vektor" });
  await watcher.until("the new mistake is told", () => eventsOf(WEB.name).length === 3);
  assert.deepEqual(
    server.events.map(({ involvedObject }) => involvedObject.name).sort(),
    [
      CART.name,
      ...Array(3).fill(WEB.name),
    ].sort(),
  );
  assert.equal(server.count("event"), server.events.length);
  assert.equal(await watcher.stop(), 0);
});

Deno.test("a static pod's wrong annotation is told of its mirror, by the uid that the API knows, and explained", async () => {
  await using scene = await Scene.open();
  scene.server.allowsEvents = true;
  const env = { WATCHER_EVENTS: "true" };
  await using watcher = await scene.watchUntilComplete([], { env });
  const mirror = SAMPLE_PODS.find(({ configHash }) => configHash !== undefined)!;
  const { namespace, name, uid } = mirror;
  scene.server.pods.patch({ namespace, name }, {
    metadata: { annotations: { "kubernetes-log-watcher/exclude": "perhaps" } },
  });
  await watcher.until(
    "its event is there",
    () => scene.server.events.some(({ involvedObject: object }) => object.name === name && object.uid === uid),
  );
  const { out } = await runProgram(["explain", `${namespace}/${name}`], { main: REAL_MAIN, env: scene.env });
  assert.match(out, /problem +Annotation kubernetes-log-watcher\/exclude of pod \S+ is not usable/);
});

Deno.test("without the setting nothing is ever asked of the API but pods, and a wrong annotation is told in the log alone", async () => {
  await using scene = await Scene.open();
  scene.server.allowsEvents = true;
  const port = freePort();
  await using watcher = await scene.watchUntilComplete(["--interval", "1", "--metrics-port", String(port)]);
  await watcher.logged(
    /annotation kubernetes-log-watcher\/scalyr-parser of shop\/cart-\S+, container cart is not usable/,
  );
  // As long as it takes to send one where it is turned on, and longer.
  await watcher.until("it has looked again and again", async () => total(await scrape(port), "full_scans_total") >= 4);
  assert.equal(await watcher.stop(), 0);
  assert.deepEqual(new Set(scene.server.requests.map(({ verb }) => verb)), new Set(["list", "watch"]));
});

Deno.test("a right to create events that is missing is said once, with what grants it, and everything else goes on", async () => {
  await using scene = await Scene.open();
  await using watcher = await scene.watchUntilComplete(["--events"]);
  const line = await watcher.logged(/Cannot create an event: the API server answered 403/);
  assert.equal(line.level, "error");
  assert.match(
    line.message,
    /the RBAC verb "create" on the resource "events" \(apiGroup ""\) is missing; .*manifest --events/,
  );
  scene.server.pods.patch({ namespace: WEB.namespace, name: WEB.name }, { metadata: { labels: { release: "r9" } } });
  await watcher.until("the change is on disk", () => JSON.stringify(scene.outputs.scalyr()).includes('"r9"'));
  assert.equal(watcher.said(/Cannot create an event/).length, 1);
});

Deno.test("events without an API to send them to are no error, and the log says so", async () => {
  await using scene = await Scene.open();
  await using watcher = scene.watch(["--events", "--once"], { env: { WATCHER_KUBE_URL: "" } });
  assert.equal(await watcher.ended(), 0);
  assert.equal(watcher.said(/No Kubernetes Events are sent: the Kubernetes API is not asked/).length, 1);
});

const TALKATIVE = `export default {
  summary: "Puts its secret into whatever it says",
  settings: {
    dir: { env: "WATCHER_TALK_DIR", type: "directory", required: true, help: "Folder" },
    key: { env: "WATCHER_TALK_KEY", type: "string", secret: true, required: true, help: "Key" },
  },
  outputs: { lines: { template: "lines.txt.eta", format: "text", each: "container", path: "{dir}/{id}.txt" } },
  context(target, { settings, warn }) {
    if (target.container.name === "cart") throw new Error("cart with " + settings.key);
    warn("annotation " + settings.key, "no " + settings.key);
    return { path: target.log.path };
  },
};
`;

Deno.test("an agent that puts its secret into errors and warnings shows it in no log line, event, report or metric", async () => {
  await using scene = await Scene.open();
  scene.server.allowsEvents = true;
  const folder = join(scene.folder, "agents/talk");
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(join(folder, "context.ts"), TALKATIVE);
  await Deno.writeTextFile(join(folder, "lines.txt.eta"), "<%= it.path %>\n");
  const env = {
    WATCHER_AGENTS: "talk",
    WATCHER_AGENTS_PATH: join(scene.folder, "agents"),
    WATCHER_TALK_DIR: join(scene.folder, "talk"),
    WATCHER_TALK_KEY: "s3cr3t-7",
    WATCHER_EVENTS: "true",
  };
  for (const format of ["json", "text"]) {
    scene.server.events.length = 0;
    const port = freePort();
    await using watcher = scene.watch(["--log-format", format, "--metrics-port", String(port)], { env });
    await watcher.logged(/cart with \*\*\*/);
    await watcher.logged(/annotation \*\*\* of .* is not usable/);
    await watcher.until("both are told", () => {
      const messages = scene.server.events.map(({ reason, message }) => `${reason} ${message}`).join("\n");
      return /LogConfigurationRefused .*cart with \*\*\*/.test(messages) &&
        /LogAnnotationInvalid .*no \*\*\*/.test(messages);
    });
    const status = await runProgram(["status"], { main: REAL_MAIN, env: { ...scene.env, ...env } });
    const explained = await runProgram(["explain", CART.name], { main: REAL_MAIN, env: { ...scene.env, ...env } });
    assert.match(explained.out, /cart with \*\*\*/);
    const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    assert.match(metrics, /kube_log_watcher_refused_targets\{agent="talk"\} 1/);
    const shown = JSON.stringify([watcher.lines, scene.server.events, status, explained, metrics]);
    assert.doesNotMatch(shown, /s3cr3t/);
  }
});
