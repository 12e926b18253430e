import assert from "node:assert/strict";
import { join } from "node:path";
import { Scene } from "../../e2e/scene.ts";
import type { Delivered } from "../delivery.ts";
import { renderCheckMain } from "../check_main.ts";
import { readJsonLines } from "../json_lines.ts";
import { beginStory, CRI_POD, HOSTILE_NOTE, STORY_SETTINGS, tellStory } from "../log_story.ts";
import type { ContainerLog } from "../log_tree.ts";
import { withShipper } from "../obtain.ts";
import { tryCommand } from "../run_command.ts";
import { ShipperProcess } from "../shipper_process.ts";
import { prepareRsyslog, RSYSLOG, rsyslogd, type RsyslogPaths } from "./rsyslog_program.ts";

/** An event as the README's configuration writes it. */
interface RsyslogEvent {
  readonly log: string;
  readonly stream: Delivered["stream"];
  readonly time: string;
  readonly logtag?: string;
  readonly version?: string;
  readonly docker: { readonly container_id: string };
  readonly [name: string]: unknown;
}

function eventsOf({ outPath }: RsyslogPaths): readonly RsyslogEvent[] {
  return readJsonLines(outPath) as unknown as RsyslogEvent[];
}

function delivered(paths: RsyslogPaths) {
  return eventsOf(paths).map(({ log, stream, version = "", docker }) => ({
    id: docker.container_id,
    text: log,
    stream,
    version,
  }));
}

function tableOf({ destPath }: RsyslogPaths): { table: { index: string; value: string }[] } | undefined {
  try {
    return JSON.parse(Deno.readTextFileSync(join(destPath, "containers.json")));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

withShipper(RSYSLOG, (folder, test) => {
  async function start(paths: RsyslogPaths): Promise<ShipperProcess> {
    const { command, env } = rsyslogd(folder, ["-n", "-f", paths.configPath, "-i", paths.pidPath]);
    const shipper = ShipperProcess.start(command, { env });
    await shipper.until("rsyslogd has a pid file", () => Deno.stat(paths.pidPath).then(() => true, () => false));
    return shipper;
  }

  test("rsyslog ships every line once, joined, with its attributes, through a rotation and a change of labels", async () => {
    await using scene = await Scene.open({ isFilled: false });
    const paths = await prepareRsyslog(join(scene.folder, "rsyslog"));
    const logs = await beginStory(scene);
    await using watcher = scene.watch([], {
      env: {
        ...STORY_SETTINGS,
        WATCHER_AGENTS: "rsyslog",
        WATCHER_RSYSLOG_DEST_PATH: paths.destPath,
        WATCHER_RSYSLOG_PID_FILE: paths.pidPath,
      },
    });
    await watcher.until("the table has both containers", () => tableOf(paths)?.table.length === 2);
    await using shipper = await start(paths);
    await tellStory(logs, {
      scene,
      shipper,
      delivered: () => delivered(paths),
      async configured(pods, version) {
        await shipper.until(`version ${version} is in the table`, () => {
          const values = tableOf(paths)!.table.map(({ value }) => JSON.parse(value));
          return pods.every(({ containers: [container] }) =>
            values.some((value) => value.docker.container_id === container!.id && value.version === version)
          );
        });
        shipper.kill("SIGHUP");
      },
    });
    const { log: _log, time, ...event } = eventsOf(paths).find(({ docker }) =>
      docker.container_id === CRI_POD.containers[0]!.id
    )!;
    assert.match(time, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    assert.deepEqual(event, {
      cluster: "cluster-1",
      application: "story",
      environment: "production",
      version: "1",
      kubernetes: {
        namespace_name: "shop",
        pod_name: "story-c",
        pod_id: CRI_POD.uid,
        container_name: "app",
        container_image: "registry.example/story:1",
        host: "node-1",
      },
      docker: { container_id: CRI_POD.containers[0]!.id },
      attributes: { note: HOSTILE_NOTE, team: "checkout" },
      stream: "stdout",
    });
  });

  test("rsyslog ships what it reads before the table is there with what the link's name says, and no line of a log without link", async () => {
    await using scene = await Scene.open({ isFilled: false });
    const paths = await prepareRsyslog(join(scene.folder, "rsyslog"));
    await Deno.writeTextFile(
      join(paths.destPath, "containers.json"),
      '{"version":1,"nomatch":"","type":"string","table":[]}',
    );
    const logs = await beginStory(scene);
    const cri = logs.find(({ pod }) => pod === CRI_POD)!;
    await Deno.mkdir(join(paths.destPath, cri.container.id));
    await Deno.symlink(cri.path, join(paths.destPath, cri.container.id, "shop_app_story-c.cri.log"));
    await using shipper = await start(paths);
    const event = await shipper.until("a line is delivered", () => eventsOf(paths)[0]);
    assert.deepEqual(event.kubernetes, { namespace_name: "shop", container_name: "app", pod_name: "story-c" });
    assert.deepEqual(delivered(paths), [{ id: cri.container.id, text: "first", stream: "stdout", version: "" }]);
  });

  test("rsyslog neither loses nor mixes parts of lines that another stream comes between, nor one that never ends", async () => {
    await using scene = await Scene.open({ isFilled: false });
    const paths = await prepareRsyslog(join(scene.folder, "rsyslog"));
    await Deno.writeTextFile(
      join(paths.destPath, "containers.json"),
      '{"version":1,"nomatch":"","type":"string","table":[]}',
    );
    const logs = await beginStory(scene);
    for (const log of logs) await link(log, paths);
    await using shipper = await start(paths);
    for (const log of logs) {
      log.writePart("out 1, ", { stream: "stdout", isLast: false });
      log.writePart("error", { stream: "stderr", isLast: true });
      log.writePart("out 2", { stream: "stdout", isLast: true });
      log.writePart("never ends", { stream: "stdout", isLast: false });
    }
    await shipper.until("all parts are delivered", () => eventsOf(paths).length >= 10);
    for (const { container } of logs) {
      const events = eventsOf(paths).filter(({ docker }) => docker.container_id === container.id);
      assert.deepEqual(events.map(({ log, stream, logtag = "F" }) => [log, stream, logtag]), [
        ["first", "stdout", "F"],
        ["out 1, ", "stdout", "P"],
        ["error", "stderr", "F"],
        ["out 2", "stdout", "F"],
        ["never ends", "stdout", "P"],
      ]);
    }
  });

  test("rsyslogd -N1 takes the README's configuration, and refuses one with a mistake", async () => {
    await using scene = await Scene.open({ isFilled: false });
    const { configPath, destPath } = await prepareRsyslog(join(scene.folder, "rsyslog"));
    await Deno.writeTextFile(
      join(destPath, "containers.json"),
      '{"version":1,"nomatch":"","type":"string","table":[]}',
    );
    const { command, env } = rsyslogd(folder, ["-N1", "-f", configPath]);
    const good = await tryCommand(command, { env });
    assert.equal(good.code, 0, good.stderr);
    assert.doesNotMatch(good.stderr, /error|warning/i);
    await Deno.writeTextFile(configPath, Deno.readTextFileSync(configPath).replace("endmsg.regex", "endmsg.regexp"));
    assert.equal((await tryCommand(command, { env })).code, 1);
  });

  test("rsyslogd's check takes a table of the watcher in any folder, and refuses one that it cannot read", async () => {
    await using scene = await Scene.open({ isFilled: false });
    const destPath = join(scene.folder, 'a "$quoted" \\folder%x');
    const mainPath = join(scene.folder, "check.conf");
    await Deno.mkdir(destPath);
    await Deno.writeTextFile(mainPath, await renderCheckMain("rsyslog", { settings: { destPath } }));
    const { command, env } = rsyslogd(folder, ["-N1", "-f", mainPath]);
    for (
      const [code, table] of [
        [0, '{"version":1,"nomatch":"","type":"string","table":[]}'],
        [0, Deno.readTextFileSync(new URL("../../agents/golden/rsyslog/containers.json", import.meta.url))],
        [1, '{"version":1,"nomatch":"","type":"string","table":[{"index":"a"}]}'],
        [1, "{"],
      ] as const
    ) {
      await Deno.writeTextFile(join(destPath, "containers.json"), table);
      const result = await tryCommand(command, { env });
      assert.equal(result.code, code, `${table}: ${result.stderr}`);
    }
  });

  test("rsyslogd keeps its table when a new one is broken", async () => {
    await using scene = await Scene.open({ isFilled: false });
    const paths = await prepareRsyslog(join(scene.folder, "rsyslog"));
    const logs = await beginStory(scene);
    await using watcher = scene.watch([], {
      env: { ...STORY_SETTINGS, WATCHER_AGENTS: "rsyslog", WATCHER_RSYSLOG_DEST_PATH: paths.destPath },
    });
    await watcher.until("the table has both containers", () => tableOf(paths)?.table.length === 2);
    await watcher.stop();
    await using shipper = await start(paths);
    await shipper.until("the first lines are delivered", () => eventsOf(paths).length >= 2);
    await Deno.writeTextFile(join(paths.destPath, "containers.json"), "{");
    shipper.kill("SIGHUP");
    await shipper.until("rsyslogd complains", () => /lookup table/.test(shipper.output));
    logs.forEach((log) => log.write("after the broken table"));
    await shipper.until("two more lines are delivered", () => eventsOf(paths).length >= 4);
    assert.deepEqual(delivered(paths).map(({ version }) => version), ["1", "1", "1", "1"]);
  });
});

/** Links a log as the agent does. */
async function link({ container, pod, path }: ContainerLog, { destPath }: RsyslogPaths) {
  await Deno.mkdir(join(destPath, container.id));
  const ending = pod.layout === "docker" ? "docker" : "cri";
  await Deno.symlink(path, join(destPath, container.id, `shop_app_${pod.name}.${ending}.log`));
}
