import assert from "node:assert/strict";
import { join } from "node:path";
import { ShipperChecker } from "../../lib/apply/shipper_checker.ts";
import { type StagedPlace, StagedTree } from "../../lib/apply/staged_tree.ts";
import type { Setting } from "../../lib/render/agent.ts";
import type { AgentDescription } from "../../lib/render/agent_description.ts";
import type { Rendered, Rendering } from "../../lib/render/rendered.ts";

type Check = NonNullable<AgentDescription["check"]>;

const PLACES: readonly StagedPlace[] = [
  { name: "dir", path: "/etc/shipper/conf.d", kind: "directory" },
  { name: "file", path: "/etc/shipper/all.json", kind: "file" },
];

function setting(name: string, change: Partial<Setting> = {}): Setting {
  return { env: `WATCHER_ONE_${name}`, type: "string", help: "x", ...change };
}

/** A checker whose program is a shell script. */
class Bench implements AsyncDisposable {
  epoch = 0;
  renderMain = () => Promise.resolve("main\n");
  readonly checker: ShipperChecker;
  readonly tree: StagedTree;

  private constructor(readonly folder: string, change: { check: Partial<Check>; settings: Record<string, unknown> }) {
    const check: Check = { program: "checkd", arguments: [], goodExitCodes: [0], timeoutSeconds: 60, ...change.check };
    const description: AgentDescription = {
      name: "one",
      folder: "/agents/one",
      summary: "x",
      settings: { key: setting("KEY", { secret: true }), main: setting("MAIN"), level: setting("LEVEL") },
      outputs: {},
      minSecondsBetweenWrites: 0,
      languages: {},
      expresses: [],
      check,
    };
    const epoch = () => this.epoch;
    const agent = {
      description,
      settings: { ...change.settings, dir: PLACES[0]!.path, file: PLACES[1]!.path },
      get epoch() {
        return epoch();
      },
      renderMain: () => this.renderMain(),
    };
    this.tree = new StagedTree(PLACES, { parent: join(folder, "tmp") });
    this.checker = new ShipperChecker({
      agent,
      searchPath: [join(folder, "none"), join(folder, "bin")],
      tree: this.tree,
    });
  }

  static async open(
    script: string,
    { settings = {}, ...check }: Partial<Check> & { settings?: Record<string, unknown> } = {},
  ): Promise<Bench> {
    const folder = await Deno.makeTempDir();
    await Deno.mkdir(join(folder, "bin"));
    await Deno.writeTextFile(join(folder, "bin/checkd"), `#!/bin/sh\nPATH=/usr/bin:/bin\n${script}\n`, { mode: 0o755 });
    return new Bench(folder, { check, settings });
  }

  async check(wanted: readonly Rendered[] = [file("/etc/shipper/conf.d/a.conf", "a")]) {
    const rendering: Rendering = { wanted, refused: [], warnings: [], unexpressed: [] };
    return await this.checker.check(rendering);
  }

  async [Symbol.asyncDispose]() {
    this.tree[Symbol.dispose]();
    await Deno.remove(this.folder, { recursive: true });
  }
}

function file(path: string, contents: string): Rendered {
  return { kind: "file", path, root: "/etc/shipper", contents, mode: 0o640 };
}

Deno.test("a check sees all that is wanted where it will lie, and only that", async () => {
  const script =
    `cd "$1" && find . -name '*.conf' | sort | xargs cat > "$4/seen"; cat "$2" >> "$4/seen"; readlink sub/log >> "$4/seen"; cat "$3" >> "$4/seen"
cp "$4/seen" "${"$"}{4%/work}/seen"`;
  const main = { template: "main.conf.eta", format: "text" };
  await using bench = await Bench.open(script, { arguments: ["{dir}", "{file}", "{main}", "{work}"], main });
  const link: Rendered = { kind: "link", path: "/etc/shipper/conf.d/sub/log", root: "/", target: "/var/log/pods/x" };
  const a = file("/etc/shipper/conf.d/a.conf", "a\n");
  const all = file("/etc/shipper/all.json", "all\n");
  const seen = () => Deno.readTextFileSync(join(bench.tree.places.dir!, "../../seen"));
  assert.deepEqual(await bench.check([link, a, file("/etc/shipper/conf.d/b.conf", "b\n"), all]), { kind: "good" });
  assert.equal(seen(), "a\nb\nall\n/var/log/pods/x\nmain\n");
  const other: Rendered = { ...link, target: "/var/log/pods/y" };
  await bench.check([other, file("/etc/shipper/conf.d/a.conf", "a2\n"), all]);
  assert.equal(seen(), "a2\nall\n/var/log/pods/y\nmain\n");
});

Deno.test("what was found good is not checked again, unless the agent or its settings change", async () => {
  await using bench = await Bench.open("exit 0");
  for (const _ of [1, 2, 3]) await bench.check();
  assert.equal(bench.checker.stats().good, 1);
  bench.epoch++;
  await bench.check();
  assert.equal(bench.checker.stats().good, 2);
});

Deno.test("a refusal is told in the program's own words, cleaned, with live paths", async () => {
  const script =
    `printf '\\033[1mreading\\033[0m\\n'; printf '\\033[31m[error]\\033[0m %s/a.conf:1: bad\\007word %s\\n' "$1" 's3"cret' >&2; exit 1`;
  await using bench = await Bench.open(script, { arguments: ["{dir}"], settings: { key: 's3"cret' } });
  assert.deepEqual(await bench.check(), {
    kind: "bad",
    why: "checkd: [error] /etc/shipper/conf.d/a.conf:1: bad word ***",
  });
});

Deno.test("a check may have further good exit codes, and the end by a signal is none", async () => {
  await using good = await Bench.open("exit 78", { goodExitCodes: [0, 78] });
  assert.equal((await good.check()).kind, "good");
  await using bad = await Bench.open("kill -SEGV $$");
  assert.deepEqual(await bad.check(), { kind: "bad", why: "checkd ended with signal SIGSEGV" });
});

Deno.test("a check that lacks its program, a setting or its main file, or that hangs, is none", async () => {
  await using missing = await Bench.open("", { program: "nowhere" });
  assert.match(
    JSON.stringify(await missing.check()),
    /"unavailable","why":"nowhere is in none of .*WATCHER_CHECK_PATH/,
  );
  await using unset = await Bench.open("", { arguments: ["--level={level}"] });
  assert.deepEqual(await unset.check(), { kind: "unavailable", why: "WATCHER_ONE_LEVEL is not set" });
  const main = { template: "main.conf.eta", format: "text" };
  await using broken = await Bench.open("", { arguments: ["{main}"], main });
  broken.renderMain = () => Promise.reject(new Error("Agent one failed: \u001b[31mno"));
  assert.deepEqual(await broken.check(), { kind: "unavailable", why: "Agent one failed:  [31mno" });
  await using hanging = await Bench.open("sleep 1000", { timeoutSeconds: 1 });
  assert.deepEqual(await hanging.check(), { kind: "unavailable", why: "checkd did not end within 1 s" });
  assert.deepEqual(hanging.checker.stats(), { good: 0, bad: 0, unavailable: 1 });
});
