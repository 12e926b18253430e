import assert from "node:assert/strict";
import { join } from "node:path";
import type { LogTarget } from "../../lib/join/log_target.ts";
import { AgentHost } from "../../lib/render/agent_host.ts";
import { AgentRenderer } from "../../lib/render/agent_renderer.ts";
import type { Request } from "../../lib/render/protocol.ts";
import type { Rendering } from "../../lib/render/rendered.ts";
import type { Sandbox, SandboxLimits } from "../../lib/render/sandbox.ts";

/** An agent that fails where a pod's annotation tells it to. */
const CONTEXT = `
export default {
  summary: "Test",
  minSecondsBetweenWrites: 1,
  settings: {
    dest: { env: "WATCHER_TEST_DEST", type: "directory", help: "x", required: true },
    key: { env: "WATCHER_TEST_KEY", type: "string", help: "x", secret: true },
  },
  outputs: {
    all: { template: "all.eta", format: "json", each: "node", path: "{dest}/all.json", list: "logs" },
    one: { template: "one.eta", format: "yaml", each: "container", path: "{dest}/{name}-{id}.yaml" },
    link: { link: "{dest}/{id}.log" },
  },
  context(target, { warn }) {
    const { fail, odd } = target.pod.annotations;
    if (fail === "context") throw new Error("told to fail in context");
    if (odd) warn("annotation odd", "no annotation odd");
    return { name: target.application, path: target.log.path, fail };
  },
};
`;
const ALL = `{"key": <%= it.settings.key %>, "logs": [<%~ include("rows", it) %>]}`;
const ROWS = `<% it.containers.forEach((container, i) => {
  if (container.fail === "node") throw new Error("told to fail in the node's template"); %>
<% if (i > 0) { %>,<% } %>{"path": <%= container.path %>}<% if (container.fail === "list") { %>, {}<% } %>
<% }) %>`;
const ONE = `path: <%= it.path %>

name: <%= it.name %><% if (it.fail === "yaml") { %> : : <% } %>
`;

interface Bench extends AsyncDisposable {
  readonly dest: string;
  readonly requests: Request[];
  readonly sandbox: Sandbox;
  readonly renderer: AgentRenderer;
  /** A renderer of its own beside the first one. */
  another(): AgentRenderer;
  target(number: number, annotations?: Record<string, string>): LogTarget;
}

async function openBench(limits: Partial<SandboxLimits> = {}): Promise<Bench> {
  const folder = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "renderer-" }));
  const [agentFolder, dest, logs] = ["test", "dest", "logs"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  for (const path of [agentFolder, dest, logs]) Deno.mkdirSync(path);
  const sources = { "context.ts": CONTEXT, "all.eta": ALL, "rows.eta": ROWS, "one.eta": ONE };
  for (const [name, text] of Object.entries(sources)) Deno.writeTextFileSync(join(agentFolder, name), text);
  const host = new AgentHost({ stagingParent: join(folder, "staging"), limits: { idleMs: 60_000, ...limits } });
  const { description, sandbox } = await host.open("test", agentFolder);
  const requests: Request[] = [];
  const recording: Pick<Sandbox, "turn"> = {
    turn: (work) => sandbox.turn((ask, starts) => work((request) => (requests.push(request), ask(request)), starts)),
  };
  const node = { name: "n", clusterId: "", clusterEnvironment: "", clusterAlias: "" };
  const another = () =>
    new AgentRenderer({ description, sandbox: recording, node, settings: { dest, key: "k1" }, logRoots: [logs] });
  return {
    dest,
    requests,
    sandbox,
    renderer: another(),
    another,
    target: (number, annotations = {}) => ({
      id: number.toString(16).padStart(64, "0"),
      log: { path: `${logs}/${number}.log`, directory: logs, name: `${number}.log`, format: "cri" },
      container: { name: "web", restart: 0, kind: "container", image: "web", imageVersion: "1" },
      pod: { uid: `u${number}`, name: `pod-${number}`, namespace: "shop", labels: {}, annotations },
      application: "app",
      component: "",
      environment: "test",
      version: "1.10",
      release: "",
    }),
    async [Symbol.asyncDispose]() {
      await host[Symbol.asyncDispose]();
      Deno.removeSync(folder, { recursive: true });
    },
  };
}

function nodeFile({ wanted }: Rendering): { key: string; logs: { path: string }[] } {
  const file = wanted.at(-1)!;
  assert.ok(file.kind === "file" && file.path.endsWith("/all.json"));
  return JSON.parse(file.contents);
}

/** Numbers of the targets that have files of their own, and of those in the node's file. */
function numbers(rendering: Rendering) {
  const own = rendering.wanted.flatMap(({ path }) => /app-0*([0-9a-f]+)\.yaml$/.exec(path)?.[1] ?? []).map(Number);
  const inNode = nodeFile(rendering).logs.map(({ path }) => Number(/(\d+)\.log$/.exec(path)?.[1]));
  return { own, inNode };
}

function askedFor(requests: readonly Request[]): (number[] | string)[] {
  return requests.map((request) =>
    request.type === "render" ? request.upsert.map(({ id }) => parseInt(id, 16)) : request.type
  );
}

Deno.test("everything is wanted in order: links, files per container, files per node, each by path", async () => {
  await using bench = await openBench();
  const { wanted, refused, warnings } = await bench.renderer.render([bench.target(2), bench.target(1)]);
  const id = (number: number) => bench.target(number).id;
  assert.deepEqual(wanted.map(({ path }) => path), [
    `${bench.dest}/${id(1)}.log`,
    `${bench.dest}/${id(2)}.log`,
    `${bench.dest}/app-${id(1)}.yaml`,
    `${bench.dest}/app-${id(2)}.yaml`,
    `${bench.dest}/all.json`,
  ]);
  assert.deepEqual({ refused, warnings }, { refused: [], warnings: [] });
  assert.ok(wanted.every(({ root }) => root === bench.dest));
});

Deno.test("only changed targets are asked for; without a change nobody is asked", async () => {
  await using bench = await openBench();
  const [one, two, three] = [bench.target(1), bench.target(2), bench.target(3)];
  const first = await bench.renderer.render([one, two]);
  assert.equal(await bench.renderer.render([two, one]), first);
  await bench.renderer.render([one, bench.target(2, { a: "b" }), three]);
  const last = await bench.renderer.render([one]);
  assert.deepEqual(askedFor(bench.requests), ["configure", [1, 2], [2, 3], []]);
  assert.deepEqual(numbers(last), { own: [1], inNode: [1] });
});

Deno.test("a target that fails is left out alone, also of the node's file, and named with its reason", async () => {
  for (const fail of ["context", "node", "yaml"]) {
    await using bench = await openBench();
    const rendering = await bench.renderer.render([bench.target(1), bench.target(2, { fail }), bench.target(3)]);
    assert.deepEqual(numbers(rendering), { own: [1, 3], inNode: [1, 3] }, fail);
    assert.deepEqual(rendering.refused.map(({ targetId }) => targetId), [bench.target(2).id]);
    assert.match(
      rendering.refused[0]!.reason,
      /^Agent test cannot render shop\/pod-2\/web: .*(told to fail in|is no YAML)/,
    );
  }
});

Deno.test("a target that begins to fail keeps its last good version until it can be rendered again", async () => {
  for (const fail of ["context", "node", "yaml"]) {
    await using bench = await openBench();
    const one = bench.target(1);
    const good = await bench.renderer.render([one, bench.target(2)]);
    const failing = await bench.renderer.render([one, bench.target(2, { fail })]);
    assert.deepEqual(failing.wanted, good.wanted, fail);
    assert.equal(failing.refused.length, 1);
    const other = await bench.renderer.render([one, bench.target(2, { fail }), bench.target(3)]);
    assert.deepEqual(numbers(other), { own: [1, 2, 3], inNode: [1, 2, 3] });
    assert.equal(other.refused.length, 1, "it is still reported");
    assert.deepEqual(await bench.renderer.render([one, bench.target(2)]), good);
  }
});

Deno.test("a node file with another number of elements than containers is refused, and the next good one is taken", async () => {
  await using bench = await openBench();
  const good = await bench.renderer.render([bench.target(1)]);
  await assert.rejects(
    bench.renderer.render([bench.target(1), bench.target(2, { fail: "list" })]),
    { name: "OutputFormatError", message: 'Rendered all.eta has 3 elements in "logs" for 2 containers' },
  );
  assert.deepEqual(await bench.renderer.render([bench.target(1)]), good);
});

Deno.test("a changed secret renders everything anew", async () => {
  await using bench = await openBench();
  const targets = [bench.target(1), bench.target(2)];
  assert.equal(nodeFile(await bench.renderer.render(targets)).key, "k1");
  bench.renderer.changeSettings({ dest: bench.dest, key: "k2" });
  const rendering = await bench.renderer.render(targets);
  assert.equal(nodeFile(rendering).key, "k2");
  assert.deepEqual(numbers(rendering), { own: [1, 2], inNode: [1, 2] });
});

Deno.test("a child that was let go and started again renders the same bytes", async () => {
  await using bench = await openBench();
  const [one, two] = [bench.target(1), bench.target(2)];
  const before = await bench.renderer.render([one, two]);
  await bench.renderer.render([one]);
  await bench.sandbox.release();
  assert.deepEqual(await bench.renderer.render([one, two]), before);
  assert.deepEqual(askedFor(bench.requests).slice(-2), ["configure", [1, 2]]);
});

Deno.test("an idle child is let go by itself", async () => {
  await using bench = await openBench({ idleMs: 10 });
  const before = await bench.renderer.render([bench.target(1)]);
  const starts = () => bench.sandbox.turn((_, starts) => Promise.resolve(starts));
  const first = await starts();
  const signal = AbortSignal.timeout(20_000);
  for (let now = first; now === first; now = await starts()) {
    signal.throwIfAborted();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.deepEqual(await bench.renderer.render([bench.target(1)]), before);
});

Deno.test("the same targets give the same bytes, whatever their order and however they came", async () => {
  await using bench = await openBench();
  const all = [3, 1, 4, 2, 5].map((number) => bench.target(number));
  const atOnce = await bench.renderer.render(all);
  const reversed = await bench.another().render([...all].reverse());
  const grown = bench.another();
  for (let i = 1; i < all.length; i++) await grown.render(all.slice(0, i));
  assert.deepEqual(reversed, atOnce);
  assert.deepEqual(await grown.render(all), atOnce);
});

Deno.test("warnings of an agent name their target", async () => {
  await using bench = await openBench();
  const { warnings } = await bench.renderer.render([bench.target(1, { odd: "x" }), bench.target(2)]);
  assert.deepEqual(warnings, [
    { targetId: bench.target(1).id, subject: "annotation odd", expected: "no annotation odd" },
  ]);
});

Deno.test("a node without containers has its file per node", async () => {
  await using bench = await openBench();
  assert.deepEqual(nodeFile(await bench.renderer.render([])), { key: "k1", logs: [] });
});
