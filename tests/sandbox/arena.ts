/**
 * Runs a hostile agent for real, beside an honest one, and checks what must hold after everything it tries.
 *
 * @module
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { AgentHost, type OpenAgent } from "../../lib/render/agent_host.ts";
import { AgentRenderer } from "../../lib/render/agent_renderer.ts";
import { type LogTarget, NO_HINTS } from "../../lib/join/log_target.ts";
import type { Rendering } from "../../lib/render/rendered.ts";
import type { SandboxLimits } from "../../lib/render/sandbox_limits.ts";

/** Small limits, so that what would take seconds of a node's time takes less of a test's. */
export const SMALL_LIMITS: SandboxLimits = {
  loadMs: 20_000,
  requestMs: 20_000,
  targetMs: 0,
  memoryBytes: 200 * 1024 * 1024,
  answerBytes: 1024 * 1024,
  stderrBytes: 2048,
  idleMs: Infinity,
};

const NODE = { name: "node-1", clusterId: "c", clusterEnvironment: "test", clusterAlias: "none" };
const NEIGHBOUR_SECRET = "neighbours-own-secret";

/** What a hostile agent is made of. */
export interface Hostile {
  /** Code before the default export. */
  readonly top?: string;
  /** Body of `context(target, scope)`; returns an object whose field `got` is rendered. */
  readonly context?: string;
  /** Template, default `<%= it.got %>`. */
  readonly template?: string;
  /** Source of the `outputs`, default one text file per container. */
  readonly outputs?: string;
  /** Source of further `settings`. */
  readonly settings?: string;
  /** Whole source of context.ts; then the others do not count. */
  readonly source?: string;
  readonly limits?: Partial<SandboxLimits>;
}

/** The place where hostile and honest agents meet. */
export interface Arena extends AsyncDisposable {
  readonly folder: string;
  /** Folder that the hostile agent may not touch, with the file `secret.txt` and a module `module.ts`. */
  readonly outside: string;
  readonly dest: string;
  readonly logs: string;
  readonly host: AgentHost;
  /** Opens the hostile agent, in place of the one before if there was one. */
  open(hostile: Hostile): Promise<AgentRenderer>;
  /** Opens the hostile agent and renders one target; says what came of it. */
  run(hostile: Hostile): Promise<{ readonly said: string; readonly rendering: Rendering | undefined }>;
  /** Checks that the neighbour still renders, that nothing was written, and that no process of the hostile agent is left. */
  checkPeace(): Promise<void>;
}

/** Makes a target whose log lies in a folder. */
export function targetIn(logs: string, number = 1): LogTarget {
  return {
    id: number.toString(16).padStart(64, "0"),
    log: { path: `${logs}/pod/${number}.log`, directory: `${logs}/pod`, name: `${number}.log`, format: "cri" },
    container: { name: "web", restart: 0, kind: "container", imageReference: "web:1", image: "web", imageVersion: "1" },
    pod: { uid: `uid-${number}`, name: `pod-${number}`, namespace: "shop", labels: {}, annotations: {} },
    application: "web",
    component: "",
    environment: "test",
    version: "1",
    release: "",
    attributes: {},
    hints: NO_HINTS,
  };
}

const OUTPUTS = `{ file: { template: "file.eta", format: "text", each: "container", path: "{dest}/{id}.txt" } }`;

function sourceOf({ top = "", context = "return { got: 'fine' };", outputs = OUTPUTS, settings = "" }: Hostile) {
  return `${top}
export default {
  summary: "A hostile agent",
  settings: {
    dest: { env: "WATCHER_HOSTILE_DEST", type: "directory", help: "Where files go", required: true },
    ${settings}
  },
  outputs: ${outputs},
  context(target, scope) { ${context} },
};
`;
}

/** Writes an agent's folder. */
export function writeAgent(folder: string, hostile: Hostile) {
  Deno.mkdirSync(folder, { recursive: true });
  Deno.writeTextFileSync(
    join(folder, "context.ts"),
    hostile.source ?? `// deno-lint-ignore-file\n${sourceOf(hostile)}`,
  );
  Deno.writeTextFileSync(join(folder, "file.eta"), hostile.template ?? "<%= it.got %>");
}

const NEIGHBOUR = `export default {
  summary: "An honest agent",
  settings: {
    dest: { env: "WATCHER_NEIGHBOUR_DEST", type: "directory", help: "Where files go", required: true },
    key: { env: "WATCHER_NEIGHBOUR_KEY", type: "string", help: "A key", secret: true },
  },
  outputs: { file: { template: "file.eta", format: "json", each: "container", path: "{dest}/{id}.json" } },
  context(target, { settings }) { return { got: { app: target.application, key: settings.key } }; },
};
`;

/** Opens an arena; closing it leaves nothing behind. */
export async function openArena(limits: Partial<SandboxLimits> = {}): Promise<Arena> {
  const folder = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "arena-" }));
  const at = (name: string) => join(folder, name);
  for (const name of ["outside", "dest", "logs/pod", "staging", "neighbour"]) {
    Deno.mkdirSync(at(name), { recursive: true });
  }
  Deno.writeTextFileSync(at("logs/pod/1.log"), "");
  Deno.writeTextFileSync(at("outside/secret.txt"), "top-secret");
  Deno.writeTextFileSync(at("outside/secret.json"), '{"secret":"top-secret"}');
  Deno.writeTextFileSync(at("outside/module.ts"), 'export const secret: string = "top-secret";\n');
  Deno.writeTextFileSync(at("neighbour/context.ts"), NEIGHBOUR);
  Deno.writeTextFileSync(at("neighbour/file.eta"), "<%= it.got %>");
  const host = new AgentHost({ stagingParent: at("staging"), limits: { ...SMALL_LIMITS, ...limits } });
  const neighbour = renderer(await host.open("neighbour", at("neighbour")), {
    dest: at("dest"),
    key: NEIGHBOUR_SECRET,
  });
  const peaceful = () => snapshot(["outside", "dest", "logs", "neighbour"].map(at));
  let before = peaceful();
  let copies = snapshot([at("staging")]);
  let isFirst = true;
  let hostile: OpenAgent | undefined;

  function renderer({ description, sandbox }: OpenAgent, settings: Record<string, unknown>) {
    return new AgentRenderer({ description, sandbox, node: NODE, settings, logRoots: [at("logs")] });
  }

  async function open(code: Hostile): Promise<AgentRenderer> {
    before = peaceful();
    copies = snapshot([at("staging")]);
    hostile = undefined;
    writeAgent(at("hostile"), code);
    const isAnew = !isFirst;
    isFirst = false;
    hostile = isAnew ? await host.reload("hostile") : await host.open("hostile", at("hostile"));
    return renderer(hostile, { dest: at("dest") });
  }

  return {
    folder,
    outside: at("outside"),
    dest: at("dest"),
    logs: at("logs"),
    host,
    open,
    async run(code) {
      try {
        const rendering = await (await open(code)).render([targetIn(at("logs"))]);
        assertKeepsSecrets(JSON.stringify(rendering));
        return { said: rendering.refused.map(({ reason }) => reason).join("\n"), rendering };
      } catch (error) {
        assert.ok(error instanceof Error, "the host throws errors only");
        assertKeepsSecrets(error.message);
        return { said: error.message, rendering: undefined };
      }
    },
    async checkPeace() {
      const wanted = (await neighbour.render([{ ...targetIn(at("logs")) }])).wanted;
      assert.deepEqual(wanted.map((file) => file.kind === "file" && JSON.parse(file.contents)), [
        { app: "web", key: NEIGHBOUR_SECRET },
      ]);
      assert.deepEqual(peaceful(), before, "nothing was written");
      await hostile?.sandbox.release();
      assert.deepEqual(processesNaming("-hostile"), [], "no process of the hostile agent is left");
      if (!hostile) assert.deepEqual(snapshot([at("staging")]), copies, "its copy is gone");
    },
    async [Symbol.asyncDispose]() {
      await host[Symbol.asyncDispose]();
      Deno.removeSync(folder, { recursive: true });
    },
  };

  /** Finds processes of this arena's agents by a part of their command line. */
  function processesNaming(part: string): string[] {
    return [...Deno.readDirSync("/proc")].flatMap(({ name }) => {
      if (!/^\d+$/.test(name)) return [];
      try {
        const line = Deno.readTextFileSync(`/proc/${name}/cmdline`).replaceAll("\0", " ");
        return line.includes(at("staging")) && line.includes(part) ? [line] : [];
      } catch {
        return [];
      }
    });
  }
}

function assertKeepsSecrets(text: string) {
  assert.doesNotMatch(text, /top-secret|root:x:0|neighbours-own-secret/);
}

/**
 * Opens one arena for all tests of a file that ask for it, each of which has it alone for its time. For agents that leave nothing behind that the next one
 * could meet; {@linkcode Arena.checkPeace} makes sure of that.
 *
 * @returns Gives the arena, within a test.
 */
export function shareArena(limits: Partial<SandboxLimits> = {}): () => Arena {
  let arena: Arena | undefined;
  Deno.test.beforeAll(async () => {
    arena = await openArena(limits);
  });
  Deno.test.afterAll(async () => {
    await arena?.[Symbol.asyncDispose]();
  });
  return () => arena!;
}

/** Lists everything in some folders with its size and the time of its last change. */
function snapshot(folders: readonly string[]): string[] {
  return folders.flatMap((folder) =>
    [...Deno.readDirSync(folder)].sort((a, b) => a.name < b.name ? -1 : 1).flatMap((entry) => {
      const path = join(folder, entry.name);
      const { size, mtime } = Deno.lstatSync(path);
      return entry.isDirectory ? [`${path}/`, ...snapshot([path])] : [`${path} ${size} ${mtime?.getTime()}`];
    })
  );
}

/** One thing that a hostile agent tries. */
export interface Attempt extends Omit<Hostile, "limits"> {
  /** The sentence's end: "a hostile agent cannot ...". */
  readonly cannot: string;
  /** What the message must say besides the agent's name. OUTSIDE stands for the folder that it may not touch. */
  readonly says: RegExp;
}

/** Makes a test of each attempt. In its code `OUTSIDE` stands for the path of the folder that it may not touch. */
export function testAttempts(attempts: readonly Attempt[]) {
  const shared = shareArena();
  for (const { cannot, says, ...code } of attempts) {
    Deno.test(`a hostile agent cannot ${cannot}`, async () => {
      const arena = shared();
      const filled = Object.fromEntries(
        Object.entries(code).map(([key, text]) => [key, String(text).replaceAll("OUTSIDE", arena.outside)]),
      );
      const { said, rendering } = await arena.run(filled);
      assert.match(said, /^Agent hostile /);
      assert.match(said.replaceAll(arena.outside, "OUTSIDE"), says);
      assert.deepEqual(rendering?.wanted ?? [], []);
      await arena.checkPeace();
    });
  }
}
