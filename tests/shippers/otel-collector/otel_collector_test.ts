import assert from "node:assert/strict";
import { join } from "node:path";
import type { LogTarget } from "../../../lib/join/log_target.ts";
import { HOSTILE_VALUES, hostileTarget } from "../../agents/hostile_values.ts";
import { criTarget, dockerTarget } from "../../agents/log_targets.ts";
import { readCollectorConfig } from "../../agents/read_collector_config.ts";
import { renderHere } from "../../agents/render_agent.ts";
import { Scene } from "../../e2e/scene.ts";
import { renderCheckMain } from "../check_main.ts";
import { beginStory, CRI_POD, HOSTILE_NOTE, STORY_SETTINGS, tellStory } from "../log_story.ts";
import { withShipper } from "../obtain.ts";
import { tryCommand } from "../run_command.ts";
import { ShipperProcess } from "../shipper_process.ts";
import { COLLECTOR, type CollectorPaths, otelcol, prepareCollector } from "./otel_collector_program.ts";
import { OtlpServer } from "./otlp_server.ts";

function receiversOf({ configs: [, path] }: CollectorPaths) {
  try {
    const text = Deno.readTextFileSync(path);
    return text === "{}" ? [] : readCollectorConfig(text).receivers;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

async function configOf(targets: readonly LogTarget[]): Promise<string> {
  const { nodes } = await renderHere("otel-collector", targets, { settings: { destPath: "/dest" } });
  return (nodes.get("config") as { contents: string }).contents;
}

withShipper(COLLECTOR, (folder, test) => {
  async function start({ configs }: CollectorPaths): Promise<ShipperProcess> {
    const shipper = ShipperProcess.start(otelcol(folder, configs));
    await shipper.until("the Collector is ready", () => shipper.output.includes("Everything is ready"));
    return shipper;
  }

  test("the Collector ships every line once, joined, with its attributes, through a rotation and a change of labels, checked and told by the watcher, from an empty file on", async () => {
    await using scene = await Scene.open({ isFilled: false });
    await using server = new OtlpServer();
    const paths = await prepareCollector(join(scene.folder, "otelcol"), server);
    const logs = await beginStory(scene);
    await Deno.writeTextFile(paths.configs[1], "{}");
    await using shipper = await start(paths);
    // Not before it is ready: a signal in its first moment ends it.
    await Deno.writeTextFile(paths.pidPath, `${shipper.pid}\n`);
    await using _watcher = scene.watch([], {
      env: {
        ...STORY_SETTINGS,
        WATCHER_AGENTS: "otel-collector",
        WATCHER_OTEL_COLLECTOR_DEST_PATH: paths.destPath,
        WATCHER_OTEL_COLLECTOR_PID_FILE: paths.pidPath,
        WATCHER_CHECK: "require",
        WATCHER_CHECK_PATH: folder,
      },
    });
    await shipper.until("the first lines are delivered", () => server.records.length === 2);
    await tellStory(logs, {
      scene,
      shipper,
      delivered: () => server.delivered(),
      async configured(pods, version) {
        await shipper.until(
          `version ${version} is configured`,
          () =>
            pods.every(({ containers: [container] }) =>
              receiversOf(paths).some(({ resource }) =>
                resource["container.id"] === container!.id && resource["service.version"] === version
              )
            ),
        );
        shipper.kill("SIGHUP");
      },
    });
    const { attributes, resource } = server.records.find(({ resource }) => resource["k8s.pod.name"] === "story-c")!;
    assert.deepEqual(attributes, {
      "log.iostream": "stdout",
      "log.file.path": logs.find(({ pod }) => pod === CRI_POD)!.path,
    });
    assert.deepEqual(resource, {
      "k8s.cluster.name": "cluster-1",
      "k8s.node.name": "node-1",
      "k8s.namespace.name": "shop",
      "k8s.pod.name": "story-c",
      "k8s.pod.uid": CRI_POD.uid,
      "k8s.container.name": "app",
      "k8s.container.restart_count": "0",
      "container.id": CRI_POD.containers[0]!.id,
      "container.image.name": "registry.example/story",
      "container.image.tag": "1",
      "service.name": "story",
      "service.version": "1",
      "deployment.environment.name": "production",
      note: HOSTILE_NOTE,
      team: "checkout",
    });
  });

  test("the Collector does what is wished for a log, and ships hostile values of attributes as they are", async () => {
    await using scene = await Scene.open({ isFilled: false });
    await using server = new OtlpServer();
    const paths = await prepareCollector(join(scene.folder, "otelcol"), server);
    const logs = await beginStory(scene);
    const note = 'EXPR(env("HOME")) ${env:HOME} $$ a) EXPR(1';
    const targets = logs.map(({ path, container, pod }) => {
      const target = pod === CRI_POD ? criTarget : dockerTarget;
      return target({
        id: container.id,
        logPath: path,
        attributes: { note, "a::b": note },
        hints: {
          parser: "json",
          multiline: { preset: "", firstLine: '^[^\\s"]' },
          samplingRules: [{ pattern: "^kept \\$\"'`", rate: 1 }, { pattern: "^(kept|dropped)", rate: 0 }],
          redactionRules: [{ pattern: "secret=\\w+$", replacement: "secret=$1${x}\\" }, {
            pattern: "\\$\\{1,2\\}",
            replacement: "",
          }],
        },
      });
    });
    await Deno.writeTextFile(paths.configs[1], await configOf(targets));
    await using shipper = await start(paths);
    for (const log of logs) {
      log.write("kept $\"'`");
      log.write("kept not");
      log.write("dropped");
      log.write("an event secret=one");
      log.write("of stderr", { stream: "stderr" });
      log.write("  goes on secret=two");
      log.write('" and on');
      log.write("${1,2}{");
      log.write('{"a": {"b": "secret=three"}}');
      log.write("last");
    }
    const wanted = [
      "first",
      "kept $\"'`",
      'an event secret=$1${x}\\\n  goes on secret=$1${x}\\\n" and on',
      "{",
      '{"a": {"b": "secret=three"}}',
      "last",
    ];
    await shipper.until("all events are delivered", () => server.records.length >= 2 * wanted.length + 2);
    for (const { container } of logs) {
      const records = server.records.filter(({ resource }) => resource["container.id"] === container.id);
      const textsOf = (stream: string) =>
        records.filter(({ attributes }) => attributes["log.iostream"] === stream).map(({ body }) => body);
      assert.deepEqual([textsOf("stdout"), textsOf("stderr")], [wanted, ["of stderr"]]);
      assert.deepEqual(records.find(({ body }) => body.startsWith('{"'))?.attributes.parsed, {
        a: { b: "secret=three" },
      });
      assert.deepEqual([records[0]?.resource.note, records[0]?.resource["a_:b"]], [note, note]);
    }
  });

  test("the Collector joins the parts of lines of both streams apart, and ships what is in no envelope as it is", async () => {
    await using scene = await Scene.open({ isFilled: false });
    await using server = new OtlpServer();
    const paths = await prepareCollector(join(scene.folder, "otelcol"), server);
    const logs = await beginStory(scene);
    const targets = logs.map(({ path, container, pod }) =>
      (pod === CRI_POD ? criTarget : dockerTarget)({ id: container.id, logPath: path })
    );
    await Deno.writeTextFile(paths.configs[1], await configOf(targets));
    await using shipper = await start(paths);
    for (const log of logs) {
      log.writePart("out 1, ", { stream: "stdout", isLast: false });
      log.writePart("error 1, ", { stream: "stderr", isLast: false });
      log.writePart("out 2", { stream: "stdout", isLast: true });
      log.writePart("error 2", { stream: "stderr", isLast: true });
      Deno.writeTextFileSync(log.path, "no envelope\n", { append: true });
      log.writePart("never ends", { stream: "stdout", isLast: false });
    }
    await shipper.until("all is delivered", () => server.records.length >= 10);
    for (const { container } of logs) {
      const records = server.records.filter(({ resource }) => resource["container.id"] === container.id);
      assert.deepEqual(records.map(({ body }) => body).sort(), [
        "error 1, error 2",
        "first",
        "never ends",
        "no envelope",
        "out 1, out 2",
      ]);
    }
  });

  test("otelcol validate takes what is written of hostile values, with the agent's own main file, and refuses a mistake", async () => {
    await using scene = await Scene.open({ isFilled: false });
    const destPath = join(scene.folder, "dest");
    const mainPath = join(scene.folder, "main.yaml");
    const targets = HOSTILE_VALUES.map(([value], index) => ({
      ...hostileTarget(value),
      id: index.toString(16).padStart(64, "0"),
    }));
    const text = await configOf(targets);
    await Deno.mkdir(destPath);
    await Deno.writeTextFile(
      mainPath,
      await renderCheckMain("otel-collector", { settings: { destPath, storage: true }, work: scene.temporaryPath }),
    );
    const cases: [code: number, text: string][] = [
      [0, text],
      [0, await configOf([])],
      [1, text.replace('"start_at": "beginning"', '"start_at": "middle"')],
      [1, text.replace('"type":"regex_parser"', '"type":"regex_parse"')],
      [1, text.replace('"plain":"', '"plain":"EXPR(()')],
      [1, "{"],
    ];
    for (const [code, changed] of cases) {
      await Deno.writeTextFile(join(destPath, "klw.yaml"), changed);
      const result = await tryCommand(otelcol(folder, [mainPath, join(destPath, "klw.yaml")], ["validate"]));
      assert.equal(result.code, code, result.stderr.slice(0, 2000));
    }
  });
});
