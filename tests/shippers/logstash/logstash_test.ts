import assert from "node:assert/strict";
import { join } from "node:path";
import type { LogTarget } from "../../../lib/join/log_target.ts";
import { criTarget, dockerTarget } from "../../agents/log_targets.ts";
import { renderHere } from "../../agents/render_agent.ts";
import { Scene } from "../../e2e/scene.ts";
import type { Delivered } from "../delivery.ts";
import { readJsonLines } from "../json_lines.ts";
import { beginStory, CRI_POD, HOSTILE_NOTE, STORY_SETTINGS, tellStory } from "../log_story.ts";
import type { ContainerLog } from "../log_tree.ts";
import { withShipper } from "../obtain.ts";
import { JRUBY, prepareScript, type ScriptPaths, startScript } from "./logstash_script.ts";

/** An event as the script makes it. */
interface LogstashEvent {
  readonly message: string;
  readonly stream?: Delivered["stream"];
  readonly "@timestamp"?: string;
  readonly event: unknown;
  readonly log: unknown;
  readonly container: { readonly id: string };
  readonly service: { readonly version?: string };
  readonly [field: string]: unknown;
}

function eventsOf({ outPath }: ScriptPaths): readonly LogstashEvent[] {
  return readJsonLines(outPath) as unknown as LogstashEvent[];
}

function entriesOf({ containersPath }: ScriptPaths): readonly { fields: LogstashEvent }[] {
  try {
    return JSON.parse(Deno.readTextFileSync(containersPath)).containers;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** Gives what the agent writes of targets. */
async function contentsOf(targets: readonly LogTarget[]): Promise<string> {
  const { nodes } = await renderHere("logstash", targets, { settings: { destPath: "/dest" } });
  return (nodes.get("containers") as { contents: string }).contents;
}

/** Writes a file as the watcher does. */
async function put(contents: string, { containersPath }: ScriptPaths) {
  await Deno.writeTextFile(`${containersPath}.new`, contents);
  await Deno.rename(`${containersPath}.new`, containersPath);
}

async function link({ container, pod, path }: ContainerLog, { destPath }: ScriptPaths) {
  await Deno.mkdir(join(destPath, container.id));
  await Deno.symlink(path, join(destPath, container.id, pod.layout === "docker" ? "docker.log" : "cri.log"));
}

withShipper(JRUBY, (folder, test) => {
  test("Logstash's script ships every line once, joined, with its attributes, through a rotation and a change of labels", async () => {
    await using scene = await Scene.open({ isFilled: false });
    const paths = await prepareScript(join(scene.folder, "logstash"));
    const logs = await beginStory(scene);
    await using watcher = scene.watch([], {
      env: { ...STORY_SETTINGS, WATCHER_AGENTS: "logstash", WATCHER_LOGSTASH_DEST_PATH: paths.destPath },
    });
    await watcher.until("both containers are configured", () => entriesOf(paths).length === 2);
    await using shipper = await startScript(folder, paths);
    await tellStory(logs, {
      scene,
      shipper,
      delivered: () =>
        eventsOf(paths).map(({ message, stream, container, service }) => ({
          id: container.id,
          text: message,
          stream: stream!,
          version: service.version ?? "",
        })),
      async configured(pods, version) {
        await shipper.until(
          `version ${version} is configured`,
          () =>
            pods.every(({ containers: [container] }) =>
              entriesOf(paths).some(({ fields }) =>
                fields.container.id === container!.id && fields.service.version === version
              )
            ),
        );
      },
    });
    const { "@timestamp": time, log: _log, ...event } = eventsOf(paths).find(({ container }) =>
      container.id === CRI_POD.containers[0]!.id
    )!;
    assert.match(time!, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    assert.deepEqual(event, {
      message: "first",
      event: {},
      stream: "stdout",
      orchestrator: { cluster: { name: "cluster-1" } },
      kubernetes: {
        node: { name: "node-1" },
        namespace: "shop",
        pod: { name: "story-c", uid: CRI_POD.uid },
        container: { name: "app" },
        labels: { note: HOSTILE_NOTE, team: "checkout" },
      },
      container: { id: CRI_POD.containers[0]!.id, image: { name: "registry.example/story:1" } },
      service: { name: "story", version: "1", environment: "production" },
    });
  });

  test("Logstash's script does what is wished for a log, and keeps nothing of what was replaced", async () => {
    await using scene = await Scene.open({ isFilled: false });
    const paths = await prepareScript(join(scene.folder, "logstash"));
    const logs = await beginStory(scene);
    const targets = logs.map(({ container, pod, path }) =>
      (pod === CRI_POD ? criTarget : dockerTarget)({
        id: container.id,
        logPath: path,
        hints: {
          parser: "json",
          samplingRules: [{ pattern: "^kept \\$\"'`#\\{1\\+1\\}", rate: 1 }, { pattern: "^(kept|dropped)", rate: 0 }],
          redactionRules: [{ pattern: "secret=\\w+", replacement: "secret=\\0\\1$1#{1+1}" }],
        },
      })
    );
    await put(await contentsOf(targets), paths);
    for (const log of logs) await link(log, paths);
    await using shipper = await startScript(folder, paths);
    for (const log of logs) {
      log.write("kept $\"'`#{1+1}");
      log.write("kept not");
      log.write("dropped");
      log.write("a secret=one and secret=two");
      log.write('{"a": "secret=three"}');
      log.writePart("out 1, ", { stream: "stdout", isLast: false });
      log.writePart("error", { stream: "stderr", isLast: true });
      log.writePart("out 2", { stream: "stdout", isLast: true });
      Deno.writeTextFileSync(log.path, "no envelope\n", { append: true });
    }
    await shipper.until("all is delivered", () => eventsOf(paths).length >= 14);
    const redacted = "secret=\\0\\1$1#{1+1}";
    for (const { container } of logs) {
      const events = eventsOf(paths).filter((event) => event.container.id === container.id);
      assert.deepEqual(events.map(({ message, stream }) => [message, stream]), [
        ["first", "stdout"],
        ["kept $\"'`#{1+1}", "stdout"],
        [`a ${redacted} and ${redacted}`, "stdout"],
        [`{"a": "${redacted}"}`, "stdout"],
        ["error", "stderr"],
        ["out 1, out 2", "stdout"],
        ["no envelope", undefined],
      ]);
      assert.deepEqual(events.map(({ event }) => event), events.map(() => ({})));
    }
  });

  test("Logstash's script waits for the entry of a new link, keeps what it knew when the file is broken, and of containers that are gone", async () => {
    await using scene = await Scene.open({ isFilled: false });
    const paths = await prepareScript(join(scene.folder, "logstash"));
    const logs = await beginStory(scene);
    const [log] = logs;
    const target = (log!.pod === CRI_POD ? criTarget : dockerTarget)({ id: log!.container.id, logPath: log!.path });
    const [known, none] = [await contentsOf([target]), await contentsOf([])];
    await link(log!, paths);
    await using shipper = await startScript(folder, paths);
    await put(known, paths);
    await shipper.until("the first line is delivered", () => eventsOf(paths).length === 1);
    await Deno.writeTextFile(paths.containersPath, "{");
    log!.write("after the broken file");
    await shipper.until("the second line is delivered", () => eventsOf(paths).length === 2);
    await put(none, paths);
    log!.write("after its end");
    await shipper.until("the third line is delivered", () => eventsOf(paths).length === 3);
    assert.deepEqual(eventsOf(paths).map(({ container }) => container.id), [target.id, target.id, target.id]);
  });
});
