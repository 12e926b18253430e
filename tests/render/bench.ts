/**
 * An agent that fails where a pod's annotation tells it to, opened for real, and targets for it.
 *
 * @module
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { type LogTarget, NO_HINTS } from "../../lib/join/log_target.ts";
import { AgentHost } from "../../lib/render/agent_host.ts";
import { AgentRenderer } from "../../lib/render/agent_renderer.ts";
import type { Request } from "../../lib/render/protocol.ts";
import type { Rendering } from "../../lib/render/rendered.ts";
import type { Sandbox, SandboxLimits } from "../../lib/render/sandbox.ts";

const CONTEXT = `
const floods = (stream) => { for (const bytes = new Uint8Array(65536).fill(120);;) stream.writeSync(bytes); };
const DEEDS = {
  hang: () => { for (;;); },
  backtrack: () => /^(a+)+$/.test("a".repeat(40) + "b"),
  exit: () => { Deno.exit(3); for (;;); },
  floodOutput: () => floods(Deno.stdout),
  floodErrors: () => floods(Deno.stderr),
  grow: () => { for (const all = [];;) all.push(new Array(1000).fill(all.length)); },
};
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
  context(target, { warn, settings }) {
    const { fail, odd } = target.pod.annotations;
    if (fail === "context") throw new Error("told to fail in context");
    if (Object.hasOwn(DEEDS, fail)) DEEDS[fail]();
    if (fail === "exitForK1" && settings.key === "k1") DEEDS.exit();
    if (odd) warn("annotation odd", "no annotation odd");
    return { name: target.application, path: target.log.path, fail };
  },
};
`;
const ALL = `{"key": <%= it.settings.key %>, "logs": [<%~ include("rows", it) %>]}`;
const ROWS = `<% if (it.containers.filter(({ fail }) => fail === "pair").length > 1) { Deno.exit(3); for (;;); } %>
<% it.containers.forEach((container, i) => {
  if (container.fail === "node") throw new Error("told to fail in the node's template"); %>
<% if (i > 0) { %>,<% } %>{"path": <%= container.path %>}<% if (container.fail === "list") { %>, {}<% } %>
<% }) %>`;
const ONE = `path: <%= it.path %>

name: <%= it.name %><% if (it.fail === "yaml") { %> : : <% } %>
`;

/** What {@linkcode openBench} opens. */
export interface Bench extends AsyncDisposable {
  readonly dest: string;
  /** Everything that the agent was asked, in order. */
  readonly requests: Request[];
  readonly sandbox: Sandbox;
  readonly renderer: AgentRenderer;
  /** A renderer of its own beside the first one. */
  another(): AgentRenderer;
  target(number: number, annotations?: Record<string, string>): LogTarget;
}

/** Opens the agent; closing it leaves nothing behind. */
export async function openBench(limits: Partial<SandboxLimits> = {}): Promise<Bench> {
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
    turn: (work, options) =>
      sandbox.turn((ask, starts) => work((request) => (requests.push(request), ask(request)), starts), options),
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
      container: {
        name: "web",
        restart: 0,
        kind: "container",
        imageReference: "web:1",
        image: "web",
        imageVersion: "1",
      },
      pod: { uid: `u${number}`, name: `pod-${number}`, namespace: "shop", labels: {}, annotations },
      application: "app",
      component: "",
      environment: "test",
      version: "1.10",
      release: "",
      attributes: {},
      hints: NO_HINTS,
    }),
    async [Symbol.asyncDispose]() {
      await host[Symbol.asyncDispose]();
      Deno.removeSync(folder, { recursive: true });
    },
  };
}

/** Reads the file for the node. */
export function nodeFile({ wanted }: Rendering): { key: string; logs: { path: string }[] } {
  const file = wanted.at(-1)!;
  assert.ok(file.kind === "file" && file.path.endsWith("/all.json"));
  return JSON.parse(file.contents);
}

/** Numbers of the targets that have files of their own, and of those in the node's file. */
export function numbers(rendering: Rendering) {
  const own = rendering.wanted.flatMap(({ path }) => /app-0*([0-9a-f]+)\.yaml$/.exec(path)?.[1] ?? []).map((hex) =>
    parseInt(hex, 16)
  );
  const inNode = nodeFile(rendering).logs.map(({ path }) => Number(/(\d+)\.log$/.exec(path)?.[1]));
  return { own, inNode };
}

/** Numbers of the targets in each request to render; the type of each other request. */
export function askedFor(requests: readonly Request[]): (number[] | string)[] {
  return requests.map((request) =>
    request.type === "render" ? request.upsert.map(({ id }) => parseInt(id, 16)) : request.type
  );
}
