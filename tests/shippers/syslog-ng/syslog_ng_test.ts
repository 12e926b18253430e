import assert from "node:assert/strict";
import { join } from "node:path";
import { Scene } from "../../e2e/scene.ts";
import type { WatcherProcess } from "../../e2e/watcher_process.ts";
import { HOSTILE_VALUES, hostileTarget } from "../../agents/hostile_values.ts";
import { criTarget, dockerTarget } from "../../agents/log_targets.ts";
import { renderHere } from "../../agents/render_agent.ts";
import type { LogTarget } from "../../../lib/join/log_target.ts";
import type { Delivered } from "../delivery.ts";
import { renderCheckMain } from "../check_main.ts";
import { readJsonLines } from "../json_lines.ts";
import { beginStory, CRI_POD, DOCKER_POD, HOSTILE_NOTE, STORY_SETTINGS, tellStory } from "../log_story.ts";
import { withShipper } from "../obtain.ts";
import { SYSLOG_NG, SyslogNg } from "./syslog_ng_program.ts";

/** An event as the README's configuration writes it. */
interface SyslogNgEvent {
  readonly time: string;
  readonly stream: Delivered["stream"];
  readonly log: string;
  readonly kubernetes: Readonly<Record<string, unknown>> & { readonly docker_id: string };
}

function eventsOf({ outPath }: SyslogNg): readonly SyslogNgEvent[] {
  return readJsonLines(outPath) as unknown as SyslogNgEvent[];
}

function delivered(syslogNg: SyslogNg) {
  return eventsOf(syslogNg).map(({ log, stream, kubernetes }) => ({
    id: kubernetes.docker_id,
    text: log,
    stream,
    version: String(kubernetes.version),
  }));
}

/** Text of a container's file; empty as long as it is not there. */
function fileOf({ destPath }: SyslogNg, id: string): string {
  try {
    return Deno.readTextFileSync(join(destPath, `${id}.conf`));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}

const IDS = [DOCKER_POD, CRI_POD].map(({ containers: [container] }) => container!.id);

function watch(scene: Scene, { destPath, pidPath }: SyslogNg): WatcherProcess {
  return scene.watch([], {
    env: {
      ...STORY_SETTINGS,
      WATCHER_AGENTS: "syslog-ng",
      WATCHER_SYSLOG_NG_DEST_PATH: destPath,
      WATCHER_SYSLOG_NG_PID_FILE: pidPath,
    },
  });
}

/** Writes the files of some targets, without a watcher. */
async function configure({ destPath }: SyslogNg, targets: readonly LogTarget[]) {
  const answer = await renderHere("syslog-ng", targets, { settings: { destPath } });
  for (const { id, files } of answer.targets.values()) {
    await Deno.writeTextFile(join(destPath, `${id}.conf`), files.log!);
  }
}

const WISHES = {
  multiline: { preset: "", firstLine: "^\\S|END$" },
  samplingRules: [{ pattern: "^never", rate: 0 }, { pattern: "^half", rate: 0.5 }, { pattern: "half", rate: 0 }],
  redactionRules: [
    { pattern: "card=\\d+", replacement: "$1 ${HOST} $(echo) `x` \\1" },
    { pattern: "^ +[äö]t\\b", replacement: "é" },
  ],
};

type Line = readonly [stream: string, tag: "P" | "F", text: string];

/** Lines with events of several lines, parts of lines, and another stream between. */
const WISHED_LINES: readonly Line[] = [
  ["stdout", "F", "first card=12 card=34"],
  ["stderr", "F", "error"],
  ["stdout", "F", "  at x card=5"],
  ["stdout", "P", "  at a long li"],
  ["stderr", "F", "  at y"],
  ["stdout", "F", "ne"],
  ["stdout", "F", " öt z"],
  ["stdout", "F", "second"],
  ["stdout", "F", " and END"],
  ["stdout", "F", ""],
  ["stdout", "F", "never"],
  ["stdout", "F", " half of never"],
  ["stdout", "P", "nev"],
  ["stdout", "F", "er"],
  ...Array.from({ length: 400 }, (_, index): Line => ["stdout", "F", `half ${index}`]),
  ["stdout", "F", "last"],
];

function criRecord([stream, tag, text]: Line): string {
  return `2026-11-23T21:24:08.1Z ${stream} ${tag} ${text}\n`;
}

function dockerRecord([stream, tag, text]: Line): string {
  return JSON.stringify({ log: tag === "F" ? `${text}\n` : text, stream, time: "2026-11-23T21:24:08.1Z" }) + "\n";
}

withShipper(SYSLOG_NG, (program, test) => {
  test("syslog-ng ships every line once, joined, with its attributes, through a rotation and a change of labels", async () => {
    await using scene = await Scene.open({ isFilled: false });
    const syslogNg = await SyslogNg.prepare(program, join(scene.folder, "syslog-ng"));
    const logs = await beginStory(scene);
    await using watcher = watch(scene, syslogNg);
    await watcher.until("both containers are configured", () => IDS.every((id) => fileOf(syslogNg, id) !== ""));
    await using shipper = await syslogNg.start();
    await tellStory(logs, {
      scene,
      shipper,
      // It looks for more in the old file first and for a new one after: what is written between is lost. Seen under load.
      isCaughtUpBeforeRotation: true,
      delivered: () => delivered(syslogNg),
      async configured(pods, version) {
        await watcher.until(
          `version ${version} is configured`,
          () =>
            pods.every(({ containers: [container] }) =>
              fileOf(syslogNg, container!.id).includes(`set("${version}" value(".k8s.version"))`)
            ),
        );
        const { code, stdout, stderr } = await syslogNg.control("reload");
        assert.equal(code, 0, stdout + stderr);
      },
    });
    const { kubernetes, stream, time } = eventsOf(syslogNg).find(({ kubernetes }) => kubernetes.docker_id === IDS[1])!;
    assert.match(time, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    assert.equal(stream, "stdout");
    assert.deepEqual(kubernetes, {
      namespace_name: "shop",
      pod_name: "story-c",
      pod_uuid: CRI_POD.uid,
      container_name: "app",
      container_image: "registry.example/story:1",
      docker_id: IDS[1],
      node_name: "node-1",
      cluster: "cluster-1",
      application: "story",
      environment: "production",
      version: "1",
      attributes: { note: HOSTILE_NOTE, team: "checkout" },
    });
  });

  test("syslog-ng joins parts of lines that another stream comes between, and ships one that never ends", async () => {
    await using scene = await Scene.open({ isFilled: false });
    const syslogNg = await SyslogNg.prepare(program, join(scene.folder, "syslog-ng"));
    const logs = await beginStory(scene);
    await using watcher = watch(scene, syslogNg);
    await watcher.until("both containers are configured", () => IDS.every((id) => fileOf(syslogNg, id) !== ""));
    for (const log of logs) {
      log.writePart("out 1, ", { stream: "stdout", isLast: false });
      log.writePart("error", { stream: "stderr", isLast: true });
      log.writePart("out 2", { stream: "stdout", isLast: true });
      log.writePart("never ends", { stream: "stdout", isLast: false });
    }
    await using shipper = await syslogNg.start();
    await shipper.until("all lines are delivered", () => eventsOf(syslogNg).length >= 8);
    for (const { container } of logs) {
      const events = delivered(syslogNg).filter(({ id }) => id === container.id);
      assert.deepEqual(events.map(({ text, stream }) => [text, stream]), [
        ["first", "stdout"],
        ["error", "stderr"],
        ["out 1, out 2", "stdout"],
        ["never ends", "stdout"],
      ]);
    }
  });

  for (const [layout, target] of [["containerd", criTarget], ["Docker", dockerTarget]] as const) {
    test(`syslog-ng does what is wished for a log of ${layout}: events of several lines, sampling, redaction`, async () => {
      await using scene = await Scene.open({ isFilled: false });
      const syslogNg = await SyslogNg.prepare(program, join(scene.folder, "syslog-ng"));
      const logPath = join(scene.folder, "0.log");
      await configure(syslogNg, [target({ logPath, hints: WISHES })]);
      await Deno.writeTextFile(logPath, WISHED_LINES.map(layout === "Docker" ? dockerRecord : criRecord).join(""));
      await using shipper = await syslogNg.start();
      await shipper.until("the last line is delivered", () => eventsOf(syslogNg).some(({ log }) => log === "last"));
      const events = eventsOf(syslogNg).filter(({ log }) => !log.startsWith("half"));
      const textsOf = (wanted: string) => events.filter(({ stream }) => stream === wanted).map(({ log }) => log);
      const secret = "$1 ${HOST} $(echo) `x` \\1";
      assert.deepEqual(textsOf("stdout"), [
        `first ${secret} ${secret}\n  at x ${secret}\n  at a long line\né z`,
        "second",
        " and END\n",
        "last",
      ]);
      assert.deepEqual(textsOf("stderr"), ["error\n  at y"]);
      const half = eventsOf(syslogNg).length - events.length;
      // Of 400 at a half each, with odds of one in a billion and more to be outside.
      assert.ok(half > 120 && half < 280, `${half} of 400`);
    });
  }

  test("syslog-ng reads hostile values as they were meant", async () => {
    await using scene = await Scene.open({ isFilled: false });
    const syslogNg = await SyslogNg.prepare(program, join(scene.folder, "syslog-ng"));
    const values = [...HOSTILE_VALUES, [HOSTILE_NOTE], ["long ".repeat(400)]] as readonly [string, string?][];
    const targets = values.map(([value], index) => {
      const logPath = join(scene.folder, `${index}.log`);
      Deno.writeTextFileSync(logPath, `2026-11-23T21:24:08.1Z stdout F ${index}\n`);
      return {
        ...hostileTarget(value),
        id: index.toString(16).padStart(64, "0"),
        log: criTarget({ logPath }).log,
        attributes: { plain: value },
      };
    });
    await configure(syslogNg, targets);
    await using shipper = await syslogNg.start();
    await shipper.until("all lines are delivered", () => eventsOf(syslogNg).length >= values.length);
    for (const { log, kubernetes } of eventsOf(syslogNg)) {
      const comesBack = values[Number(log)]![1] ?? values[Number(log)]![0];
      for (const name of ["namespace_name", "pod_name", "container_name", "application", "version", "release"]) {
        assert.equal(kubernetes[name], comesBack, name);
      }
      assert.deepEqual(kubernetes.attributes, { plain: comesBack });
    }
  });

  test("syslog-ng's check takes the watcher's files in any folder, and refuses a broken one", async () => {
    await using scene = await Scene.open({ isFilled: false });
    const syslogNg = await SyslogNg.prepare(program, join(scene.folder, 'a "$quoted" `folder'));
    await Deno.writeTextFile(
      syslogNg.configPath,
      await renderCheckMain("syslog-ng", { settings: { destPath: syslogNg.destPath } }),
    );
    const empty = await syslogNg.checkSyntax();
    assert.equal(empty.code, 0, empty.stderr);
    await configure(syslogNg, [criTarget({ hints: WISHES }), dockerTarget()]);
    const good = await syslogNg.checkSyntax();
    assert.equal(good.code, 0, good.stderr);
    await Deno.writeTextFile(join(syslogNg.destPath, "broken.conf"), 'log { source { file("/x" nonsense(1)); }; };\n');
    assert.equal((await syslogNg.checkSyntax()).code, 1);
  });

  test("syslog-ng checks its configuration, and keeps the old one when a file is broken", async () => {
    await using scene = await Scene.open({ isFilled: false });
    const syslogNg = await SyslogNg.prepare(program, join(scene.folder, "syslog-ng"));
    const empty = await syslogNg.checkSyntax();
    assert.equal(empty.code, 0, "Without any container");
    const logPath = join(scene.folder, "0.log");
    await Deno.writeTextFile(logPath, "2026-11-23T21:24:08.1Z stdout F one\n");
    await configure(syslogNg, [criTarget({ logPath })]);
    const good = await syslogNg.checkSyntax();
    assert.equal(good.code, 0, good.stderr);
    assert.doesNotMatch(good.stderr, /error|warning/i);
    await using shipper = await syslogNg.start();
    await shipper.until("a line is delivered", () => eventsOf(syslogNg).length === 1);
    await Deno.writeTextFile(join(syslogNg.destPath, "broken.conf"), 'log { set("`x`); };\n');
    assert.equal((await syslogNg.checkSyntax()).code, 1);
    assert.equal((await syslogNg.control("reload")).code, 1);
    await Deno.writeTextFile(logPath, "2026-11-23T21:24:08.1Z stdout F two\n", { append: true });
    await shipper.until("another line is delivered", () => eventsOf(syslogNg).length === 2);
  });
});
