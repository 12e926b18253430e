import assert from "node:assert/strict";
import { join } from "node:path";
import { ReloadMark } from "../../lib/apply/reload_mark.ts";
import { type ReloadTarget, reloadTarget } from "../../lib/apply/reload_target.ts";
import { Reloader } from "../../lib/apply/reloader.ts";
import { createLog } from "../../lib/observe/log.ts";
import type { Settings, ShipperReload } from "../../lib/render/agent.ts";
import { TemporaryFolder } from "./temporary_folder.ts";
import { HttpShipper, SignalShipper, until } from "./shipper_double.ts";

const HTTP: ShipperReload = { url: "{url}/reload", body: "{}", json: { status: 0 } };
const CONFIRMED: ShipperReload = { ...HTTP, confirm: { url: "{url}/reload", field: "hot_reload_count" } };

const DECLARED: Settings = { dest: { env: "WATCHER_ONE_DEST", type: "directory", help: "x" } };

/** A reloader with what it logs, in a folder of its own. */
class Bench implements AsyncDisposable {
  readonly lines: string[] = [];
  readonly folder: string;
  readonly #own = new TemporaryFolder();
  readonly reloader: Reloader;
  readonly mark: ReloadMark;
  readonly #ending = new AbortController();
  readonly #running: Promise<void>;
  #generation = 0;

  constructor(folder: string | undefined, target: () => ReloadTarget | undefined) {
    this.folder = folder ?? this.#own.path;
    this.mark = new ReloadMark(join(this.folder, ".kube-log-watcher-one.reloaded"), "one");
    this.reloader = new Reloader({
      agent: "one",
      target,
      mark: this.mark,
      log: createLog({ format: "json", write: (line) => this.lines.push(JSON.parse(line).message) }),
      firstRetryMs: 20,
      lastRetryMs: 100,
    });
    this.#running = this.reloader.run(this.#ending.signal);
  }

  /** Puts an output on disk; undefined: what was there stays. */
  write(print: string, hasChanged = true) {
    const generation = ++this.#generation;
    this.reloader.noteWritten({ generation, hasChanged, isWhole: true, print: () => print });
  }

  /** Waits for a line. */
  async said(pattern: RegExp) {
    await until(() => this.lines.some((line) => pattern.test(line)));
  }

  async settled() {
    assert.ok(await this.reloader.settled(this.#ending.signal));
  }

  async [Symbol.asyncDispose]() {
    this.#ending.abort();
    await this.#running;
    this.#own[Symbol.dispose]();
  }
}

function open(reload: ShipperReload, settings: Record<string, unknown>, folder?: string): Bench {
  return new Bench(folder, () => reloadTarget({ reload, settings: DECLARED }, settings));
}

Deno.test("a change is followed by one reload, a look without a change by none", async () => {
  await using shipper = new HttpShipper();
  await using bench = open(HTTP, { url: shipper.url });
  bench.write("a");
  await bench.settled();
  bench.write("a", false);
  assert.equal(shipper.asked, 1);
  assert.equal(bench.reloader.confirmed, 2);
  bench.write("b");
  assert.ok(bench.reloader.isPending);
  await bench.settled();
  assert.equal(shipper.asked, 2);
  assert.deepEqual(bench.reloader.stats(), { done: 2, failed: 0 });
});

Deno.test("changes that come while a shipper reloads make one more reload", async () => {
  await using shipper = new HttpShipper();
  const letThrough = shipper.hang();
  await using bench = open(HTTP, { url: shipper.url });
  bench.write("a");
  await until(() => shipper.asked === 1);
  for (const print of ["b", "c", "d"]) bench.write(print);
  assert.equal(bench.reloader.confirmed, 0);
  letThrough();
  await bench.settled();
  assert.equal(shipper.asked, 2);
  assert.equal(bench.reloader.confirmed, 4);
});

Deno.test("a reload that fails is repeated until it works, and said once", async () => {
  await using shipper = new HttpShipper();
  shipper.behaviour.answer = () => new Response("broken\u001b[31m", { status: 500 });
  await using bench = open(HTTP, { url: shipper.url });
  bench.write("a");
  await until(() => shipper.asked >= 4);
  assert.deepEqual(bench.lines, [
    `one: the shipper is not reloaded: POST ${shipper.url}/reload answered 500: broken [31m; it is tried again until it is`,
  ]);
  shipper.behaviour.answer = () => Response.json({ status: 0 });
  await bench.settled();
  assert.equal(bench.lines.at(-1), "one: the shipper was reloaded");
  assert.ok(bench.reloader.stats().failed >= 4);
});

Deno.test("an answer 200 with an error in it is a failure", async () => {
  await using shipper = new HttpShipper();
  shipper.behaviour.answer = () => Response.json({ reload: "in progress", status: -2 });
  await using bench = open(HTTP, { url: shipper.url });
  bench.write("a");
  await bench.said(/answered 200: .*"status":-2.*, expected "status" to be 0 in it/);
});

Deno.test("a reload counts as done when the number that confirms it has changed, however late", async () => {
  await using shipper = new HttpShipper();
  shipper.behaviour.counts = false;
  await using bench = open({ ...CONFIRMED, timeoutSeconds: 2 }, { url: shipper.url });
  bench.write("a");
  await bench.said(/hot_reload_count of .* is still 0, so the reload is not confirmed/);
  shipper.count++;
  await bench.settled();
  assert.ok(!bench.reloader.isPending);
});

Deno.test("a reload that hangs is given up, and its late success counts", async () => {
  await using shipper = new HttpShipper();
  const letThrough = shipper.hang();
  await using bench = open({ ...CONFIRMED, timeoutSeconds: 2 }, { url: shipper.url });
  bench.write("a");
  await bench.said(/POST .* gave no answer in time/);
  letThrough();
  await bench.settled();
});

Deno.test("a reloader ends at once, even while a shipper hangs", async () => {
  await using shipper = new HttpShipper();
  const letThrough = shipper.hang();
  {
    await using bench = open({ ...HTTP, timeoutSeconds: 120 }, { url: shipper.url });
    bench.write("a");
    await until(() => shipper.asked === 1);
  }
  letThrough();
});

Deno.test("after a restart a shipper is reloaded, unless it is known to have what lies on disk", async () => {
  await using shipper = new HttpShipper();
  const settings = { url: shipper.url };
  using own = new TemporaryFolder();
  const folder = own.path;
  {
    await using bench = open(HTTP, settings, folder);
    bench.write("a", false);
    await bench.settled();
  }
  assert.equal(shipper.asked, 1);
  {
    await using bench = open(HTTP, settings, folder);
    bench.write("a", false);
    await bench.settled();
    assert.equal(bench.reloader.confirmed, 1);
    shipper.behaviour.answer = () => new Response("", { status: 503 });
    bench.write("b");
    await until(() => bench.reloader.stats().failed > 0);
  }
  shipper.behaviour.answer = () => Response.json({ status: 0 });
  const asked = shipper.asked;
  await using bench = open(HTTP, settings, folder);
  bench.write("b", false);
  await bench.settled();
  assert.equal(shipper.asked, asked + 1);
});

Deno.test("where no address is set there is nothing to reload", async () => {
  await using bench = open(HTTP, {});
  bench.write("a");
  assert.equal(bench.reloader.confirmed, 1);
  await bench.settled();
});

Deno.test("a mark that cannot be kept is said, and does no harm", async () => {
  await using shipper = new HttpShipper();
  await using bench = open(HTTP, { url: shipper.url });
  await Deno.remove(bench.folder);
  bench.write("a");
  await bench.settled();
  assert.match(bench.lines.at(-1)!, /cannot keep in mind that the shipper was reloaded/);
});

Deno.test("a shipper is sent a signal by its pid file, and gets one for each change", async () => {
  using own = new TemporaryFolder();
  const folder = own.path;
  await using shipper = await SignalShipper.start(folder);
  const reload: ShipperReload = { signal: "HUP", pidFile: "{pidFile}", processes: ["{name}"] };
  await using bench = open(reload, { pidFile: shipper.pidFile, name: shipper.name }, folder);
  for (const count of [1, 2]) {
    bench.write(String(count));
    await until(() => shipper.count === count);
    await bench.settled();
  }
});

Deno.test("a pid file that is missing, empty, stale, a pipe or another process's ends in no signal, until it is right", async () => {
  using own = new TemporaryFolder();
  const folder = own.path;
  await using shipper = await SignalShipper.start(folder);
  const good = await Deno.readTextFile(shipper.pidFile);
  const reload: ShipperReload = { signal: "HUP", pidFile: "{pidFile}", processes: [shipper.name] };
  const path = join(folder, "other.pid");
  const ended = new Deno.Command("/bin/true").spawn();
  await ended.status;
  await new Deno.Command("mkfifo", { args: [join(folder, "pipe")] }).output();
  await using bench = open(reload, { pidFile: path }, folder);
  bench.write("a");
  const cases: [string | undefined, RegExp][] = [
    [undefined, /it does not exist; the shipper does not run yet/],
    ["", /it holds "", expected the id of a process/],
    ["1", /it holds "1", expected the id of a process/],
    ["-1", /it holds "-1", expected the id of a process/],
    [String(ended.pid), /there is no such process; the file is stale/],
    [String(Deno.pid), /that is "[^"]+", expected .*; the file is stale/],
  ];
  for (const [text, message] of cases) {
    if (text !== undefined) await Deno.writeTextFile(path, text);
    await until(() => message.test(bench.lines.at(-1) ?? ""));
  }
  await Deno.remove(path);
  await Deno.symlink(join(folder, "pipe"), path);
  await until(() => /it is not a small file/.test(bench.lines.at(-1) ?? ""));
  assert.equal(shipper.count, 0);
  await Deno.remove(path);
  await Deno.writeTextFile(path, good);
  await bench.settled();
  await until(() => shipper.count === 1);
});

Deno.test("a pid file that lies where the agent writes is not believed", async () => {
  using own = new TemporaryFolder();
  const folder = own.path;
  await using shipper = await SignalShipper.start(folder);
  const reload: ShipperReload = { signal: "HUP", pidFile: "{pidFile}", processes: [shipper.name] };
  await Deno.symlink(folder, `${folder}-link`);
  await using bench = open(reload, { pidFile: shipper.pidFile, dest: `${folder}-link` }, folder);
  bench.write("a");
  await bench.said(/it lies where the agent writes/);
  await Deno.remove(`${folder}-link`);
  assert.equal(shipper.count, 0);
});
