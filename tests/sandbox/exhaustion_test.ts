import assert from "node:assert/strict";
import type { SandboxLimits } from "../../lib/render/sandbox_limits.ts";
import { type Arena, type Hostile, openArena, shareArena, targetIn } from "./arena.ts";

interface Overstep extends Omit<Hostile, "limits"> {
  readonly limits?: Partial<SandboxLimits>;
  readonly what: string;
  readonly says: RegExp;
}

const FAST = { loadMs: 1000, requestMs: 500 };
const TIME = /^Agent hostile gave no answer within (0\.5|1) s \(endless loop\?\), its process was ended$/;
const SMALL_MEMORY = { memoryBytes: 150 * 2 ** 20 };
const MEMORY = /^Agent hostile used more than 150 MiB of memory, its process was ended$/;

const OVERSTEPS: readonly Overstep[] = [
  { what: "an endless loop in its module", top: "for (;;);", limits: FAST, says: TIME },
  { what: "an endless loop in context", context: "for (;;);", limits: FAST, says: TIME },
  { what: "an endless loop in a template", template: "<% for (;;); %>", limits: FAST, says: TIME },
  {
    what: "an endless loop in a regular expression",
    context: "/^(a+)+$/.test('a'.repeat(40) + 'b')",
    limits: FAST,
    says: TIME,
  },
  { what: "an endless wait in its module", top: "await new Promise(() => {});", limits: FAST, says: TIME },
  {
    what: "a wait that blocks its thread",
    context: "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)",
    limits: FAST,
    says: TIME,
  },
  {
    what: "endless loops in threads of its own",
    context: "for (let i = 0; i < 4; i++) new Worker('data:text/javascript,for(;;);', { type: 'module' }); for (;;);",
    limits: FAST,
    says: TIME,
  },
  {
    what: "signal handlers against its end",
    top: `for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"]) Deno.addSignalListener(signal, () => {});
      process.on("exit", () => { for (;;); }); process.on("uncaughtException", () => {});
      addEventListener("unload", () => { for (;;); });`,
    context: "for (;;);",
    limits: FAST,
    says: TIME,
  },
  {
    what: "endless standard output",
    context: "for (const bytes = new Uint8Array(65536).fill(120);;) Deno.stdout.writeSync(bytes);",
    says: /^Agent hostile answered with more than \d+ bytes, its process was ended$/,
  },
  {
    what: "endless standard error",
    context: "for (const bytes = new Uint8Array(65536).fill(120);;) Deno.stderr.writeSync(bytes);",
    says: /^Agent hostile printed more than 20480 bytes, its process was ended$/,
  },
  {
    what: "endless lines by console.log",
    context: "for (;;) console.log('x'.repeat(1000));",
    says: /^Agent hostile printed more than 20480 bytes, its process was ended$/,
  },
  {
    what: "an endless answer",
    context: "const bytes = new Uint8Array(65536).fill(120); for (;;) Deno.stdout.writeSync(bytes);",
    says: /^Agent hostile answered with more than \d+ bytes, its process was ended$/,
  },
  {
    what: "growth of the heap",
    context: "for (const all = [];;) all.push(new Array(1000).fill(all.length));",
    limits: SMALL_MEMORY,
    says: MEMORY,
  },
  {
    what: "growth by array buffers",
    context: "for (const all = [];;) all.push(new Uint8Array(1_000_000).fill(1));",
    limits: SMALL_MEMORY,
    says: MEMORY,
  },
  {
    what: "growth by WebAssembly memory",
    context:
      "const memory = new WebAssembly.Memory({ initial: 1 }); for (;;) { memory.grow(100); new Uint8Array(memory.buffer).fill(1); }",
    limits: SMALL_MEMORY,
    says: MEMORY,
  },
  {
    what: "growth by one long text",
    context: "for (let all = 'x';; all += all) all = JSON.parse(JSON.stringify(all));",
    limits: SMALL_MEMORY,
    says: /used more than 150 MiB|Invalid string length/,
  },
  {
    what: "growth in its module",
    top: "for (const all = [];;) all.push(new Array(1000).fill(all.length));",
    limits: SMALL_MEMORY,
    says: MEMORY,
  },
  {
    what: "growth by threads",
    context: "for (;;) new Worker('data:text/javascript,for(;;);', { type: 'module' });",
    limits: SMALL_MEMORY,
    says: MEMORY,
  },
  {
    what: "a flood of messages to the thread that supervises it",
    context: "for (;;) self.postMessage(new Uint8Array(100_000));",
    limits: SMALL_MEMORY,
    says: MEMORY,
  },
  {
    what: "growth while standard error is closed",
    top: `import fs from "node:fs"; fs.closeSync(2);`,
    context: "for (const all = [];;) all.push(new Uint8Array(1_000_000).fill(1));",
    limits: SMALL_MEMORY,
    says: MEMORY,
  },
  {
    what: "process.abort",
    context: "process.abort();",
    says: /^Agent hostile cannot render .*not supported in workers \(context\.ts:\d+:\d+\)$/,
  },
  {
    what: "an unhandled rejection",
    top: "Promise.reject(new Error('late')); await new Promise(() => {});",
    says: /^Agent hostile ended its process with exit code 1: .*late/,
  },
  {
    what: "a throw in a timer",
    top: "setTimeout(() => { throw new Error('late'); }); await new Promise(() => {});",
    says: /^Agent hostile ended its process with exit code 1: .*late/,
  },
  {
    what: "an unstable function",
    context: "Deno.connect({ transport: 'vsock', cid: 1, port: 1 });",
    says: /^Agent hostile ended its process with exit code 70: Unstable API/,
  },
];

const shared = new Map<Partial<SandboxLimits> | undefined, () => Arena>(
  [undefined, FAST, SMALL_MEMORY].map((limits) => [limits, shareArena(limits)] as const),
);

for (const { what, says, limits, ...hostile } of OVERSTEPS) {
  Deno.test(`only the hostile agent itself is hurt by ${what}`, async () => {
    const arena = shared.get(limits)!();
    const { said, rendering } = await arena.run(hostile);
    assert.match(said, says);
    assert.deepEqual(rendering?.wanted ?? [], []);
    await arena.checkPeace();
  });
}

// Whether its thread ends before it has answered is a race that either may win.
const EXITS: Readonly<Record<string, Hostile>> = {
  "Deno.exit in its module": { top: "Deno.exit(86);" },
  "Deno.exit in context": { context: "Deno.exit(0);" },
  "process.exit": { context: "process.exit(3);" },
  "self.close": { context: "self.close();" },
};

for (const [what, hostile] of Object.entries(EXITS)) {
  Deno.test(`only the hostile agent itself is hurt by ${what}`, async () => {
    const arena = shared.get(undefined)!();
    const { said } = await arena.run(hostile);
    assert.match(
      said,
      /^$|^Agent hostile (ended its process by itself|cannot render .*: TypeError: context returned undefined)/,
    );
    await arena.checkPeace();
  });
}

Deno.test("an agent whose process ended is asked again in a new one", async () => {
  await using arena = await openArena();
  const renderer = await arena.open({
    context:
      "if (target.pod.name === 'pod-2') for (const bytes = new Uint8Array(65536);;) Deno.stderr.writeSync(bytes); return { got: 'x' };",
  });
  const [one, two] = [targetIn(arena.logs, 1), targetIn(arena.logs, 2)];
  await assert.rejects(renderer.render([two]), { name: "SandboxError", code: "output" });
  assert.equal((await renderer.render([one])).wanted.length, 1);
  await arena.checkPeace();
});

Deno.test("an agent in an endless loop ends when its host is killed", async () => {
  const folder = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "arena-" }));
  try {
    Deno.mkdirSync(`${folder}/hostile`);
    Deno.writeTextFileSync(`${folder}/hostile/context.ts`, `console.error("looping"); for (;;);`);
    Deno.writeTextFileSync(
      `${folder}/host.ts`,
      `import { AgentChild } from ${JSON.stringify(import.meta.resolve("../../lib/render/agent_child.ts"))};
       const child = new AgentChild({
         agent: "hostile", folder: ${JSON.stringify(`${folder}/hostile`)}, denoPath: Deno.execPath(),
         etaUrl: ${JSON.stringify(import.meta.resolve("eta/core"))},
         limits: { loadMs: 60_000, requestMs: 60_000, targetMs: 0, memoryBytes: 2 ** 30, answerBytes: 1000, stderrBytes: 1000, idleMs: 60_000 },
       });
       console.log("started");
       await child.exchange({ type: "describe" });`,
    );
    const host = new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-prompt", "-A", "--no-config", `${folder}/host.ts`],
      stdout: "piped",
    }).spawn();
    const isThere = () => processesNaming(`${folder}/hostile`).length > 0;
    await until(isThere);
    host.kill("SIGKILL");
    await host.status;
    await host.stdout.cancel();
    await until(() => !isThere());
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

async function until(holds: () => boolean) {
  const signal = AbortSignal.timeout(20_000);
  while (!holds()) {
    signal.throwIfAborted();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function processesNaming(part: string): string[] {
  return [...Deno.readDirSync("/proc")].flatMap(({ name }) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const line = Deno.readTextFileSync(`/proc/${name}/cmdline`).replaceAll("\0", " ");
      return line.includes(part) && line.includes("--deny-net") ? [line] : [];
    } catch {
      return [];
    }
  });
}
