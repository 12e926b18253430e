import assert from "node:assert/strict";
import { join } from "node:path";
import { LiveAgent } from "../../lib/cli/live_agent.ts";
import { type LogTarget, NO_HINTS } from "../../lib/join/log_target.ts";
import { createLog } from "../../lib/observe/log.ts";
import { AgentLane } from "../../lib/reconcile/agent_lane.ts";
import { AgentHost } from "../../lib/render/agent_host.ts";
import { ledgerPaths } from "../../lib/write/ledger_path.ts";
import { Writer } from "../../lib/write/writer.ts";

/** Source of an agent that writes one file per container; `does` is the body of its context. */
function sourceOf(name: string, does: string): string {
  return `export default {
    summary: "Test", minSecondsBetweenWrites: 0,
    settings: { dest: { env: "WATCHER_${name.toUpperCase()}_DEST", type: "directory", help: "x", required: true } },
    outputs: { one: { template: "one.eta", format: "text", each: "container", path: "{dest}/{id}.txt" } },
    context(target) { ${does} return { text: target.pod.labels.text }; },
  };`;
}

/** A watcher's part for agents: lanes that really run, render and write. */
class Node implements AsyncDisposable {
  readonly folder = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "live-agent-" }));
  readonly lines: string[] = [];
  readonly #log = createLog({ format: "json", write: (line) => this.lines.push(JSON.parse(line).message) });
  readonly #ending = new AbortController();
  readonly #running: Promise<void>[] = [];
  readonly #writers: Writer[] = [];
  readonly #host = new AgentHost({
    stagingParent: join(this.folder, "staging"),
    limits: { requestMs: 4_000, targetMs: 2 },
  });

  /** Writes the folder of an agent. */
  write(name: string, does: string) {
    Deno.mkdirSync(join(this.folder, name), { recursive: true });
    Deno.writeTextFileSync(join(this.folder, name, "context.ts"), sourceOf(name, does));
    Deno.writeTextFileSync(join(this.folder, name, "one.eta"), "<%= it.text %>");
  }

  /** Opens an agent and starts its lane. */
  async open(name: string): Promise<AgentLane> {
    const opened = await this.#host.open(name, join(this.folder, name));
    const dest = join(this.folder, `${name}-dest`);
    Deno.mkdirSync(dest);
    const roots = [{ path: dest, kind: "directory" as const }];
    const log = this.#log;
    const writer = await Writer.open({ agent: name, roots, ...ledgerPaths({ agent: name, roots }), log });
    this.#writers.push(writer);
    const { description } = opened;
    const agent = { description, settings: { dest }, secrets: [], secretFiles: {}, samples: [] };
    const node = { name: "n", clusterId: "", clusterEnvironment: "", clusterAlias: "" };
    const renderer = new LiveAgent({ agent, opened, host: this.#host, node, logRoots: [this.folder], log });
    const lane = new AgentLane({ agent: name, minSecondsBetweenWrites: 0, renderer, writer, log });
    this.#running.push(lane.run(this.#ending.signal));
    return lane;
  }

  /** Makes targets 1 to 20, whose files hold the text. */
  targets(text: string): LogTarget[] {
    return Array.from({ length: 20 }, (_, i) => ({
      id: (i + 1).toString(16).padStart(64, "0"),
      log: { path: `${this.folder}/${i}.log`, directory: this.folder, name: `${i}.log`, format: "cri" },
      container: { name: "web", restart: 0, kind: "container", imageReference: "", image: "", imageVersion: "" },
      pod: { uid: `u${i}`, name: `pod-${i + 1}`, namespace: "shop", labels: { text }, annotations: {} },
      application: "a",
      component: "",
      environment: "",
      version: "",
      release: "",
      attributes: {},
      hints: NO_HINTS,
    }));
  }

  /** Reads an agent's files, in the order of their targets. */
  read(name: string): string[] {
    const dest = join(this.folder, `${name}-dest`);
    const names = [...Deno.readDirSync(dest)].map((entry) => entry.name).filter((file) => file.endsWith(".txt")).sort();
    return names.map((file) => Deno.readTextFileSync(join(dest, file)));
  }

  async [Symbol.asyncDispose]() {
    this.#ending.abort();
    await Promise.all(this.#running);
    for (const writer of this.#writers) await writer[Symbol.asyncDispose]();
    await this.#host[Symbol.asyncDispose]();
    Deno.removeSync(this.folder, { recursive: true });
  }
}

async function bring(lane: AgentLane, targets: readonly LogTarget[]) {
  lane.want({ targets, mayRemove: true, verify: false, reasons: ["test"] });
  await lane.settled();
}

const all = (text: string) => Array<string>(20).fill(text);

for (const [what, does] of Object.entries({ hangs: "for (;;);", dies: "Deno.exit(3); for (;;);" })) {
  Deno.test(`an agent that ${what} for every target keeps its files, disturbs no other, and recovers when its folder is fixed`, async () => {
    await using node = new Node();
    node.write("bad", "");
    node.write("good", "");
    const [bad, good] = [await node.open("bad"), await node.open("good")];
    await Promise.all([bad, good].map((lane) => bring(lane, node.targets("first"))));
    assert.deepEqual([node.read("bad"), node.read("good")], [all("first"), all("first")]);

    node.write("bad", does);
    await Promise.all([bad, good].map((lane) => bring(lane, node.targets("second"))));
    assert.deepEqual([node.read("bad"), node.read("good")], [all("first"), all("second")]);
    assert.deepEqual([bad.hasFailed, good.hasFailed], [true, false]);
    assert.match(
      node.lines.at(-1)!,
      /^Agent bad (gave no answer within \d+ s \(endless loop\?\)|ended its process by itself).*; its files stay as they are$/,
    );

    node.write("bad", "");
    await bring(bad, node.targets("third"));
    assert.deepEqual([node.read("bad"), bad.hasFailed], [all("third"), false]);
  });
}

Deno.test("a target that an agent hangs for is tried again once the agent's folder is fixed", async () => {
  await using node = new Node();
  node.write("bad", "if (target.pod.name === 'pod-5') for (;;);");
  const lane = await node.open("bad");
  const targets = node.targets("first");
  await bring(lane, targets);
  assert.equal(node.read("bad").length, 19);
  assert.equal(lane.stats().refusedTargets, 1);

  node.write("bad", "");
  await bring(lane, targets);
  assert.deepEqual(node.read("bad"), all("first"));
  assert.equal(lane.stats().refusedTargets, 0);
});
