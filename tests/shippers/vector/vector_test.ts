import assert from "node:assert/strict";
import { join } from "node:path";
import { apiPod } from "../../../lib/sample/api_pod.ts";
import { SAMPLE_NODE_NAME } from "../../../lib/sample/sample_node.ts";
import { MULTILINE_PRESETS } from "../../../lib/hints/multiline_presets.ts";
import type { LogHints, LogTarget } from "../../../lib/join/log_target.ts";
import { HOSTILE_VALUES, hostileTarget } from "../../agents/hostile_values.ts";
import { criTarget, dockerTarget } from "../../agents/log_targets.ts";
import { renderHere } from "../../agents/render_agent.ts";
import { Scene } from "../../e2e/scene.ts";
import { renderCheckMain } from "../check_main.ts";
import { assertAllDelivered, type Delivered } from "../delivery.ts";
import type { ContainerLog } from "../log_tree.ts";
import { beginStory, CRI_POD, DOCKER_POD, HOSTILE_NOTE, STORY_SETTINGS } from "../log_story.ts";
import { withShipper } from "../obtain.ts";
import { staticConfig, transform, type VectorConfig, type VectorEvent, VRL_PIPELINE } from "./vector_program.ts";

const TIME = "2026-11-23T21:24:08.1Z";

/** Renders the configurations of some targets. */
async function configsOf(targets: readonly LogTarget[]): Promise<readonly VectorConfig[]> {
  const answer = await renderHere("vector", targets, { settings: { destPath: "/dest" } });
  return [...answer.targets.values()].map(({ files, error }) => {
    assert.equal(error, undefined);
    return JSON.parse(files.config!);
  });
}

type Line = readonly [stream: "stdout" | "stderr", tag: "P" | "F", text: string];

function record({ log }: LogTarget, [stream, tag, text]: Line): string {
  if (log.format === "cri") return `${TIME} ${stream} ${tag} ${text}`;
  return JSON.stringify({ log: tag === "F" ? `${text}\n` : text, stream, time: TIME });
}

withShipper(VRL_PIPELINE, (program, test) => {
  /** Ships lines of one target by its configuration and the README's. */
  async function ship(target: LogTarget, lines: readonly (Line | string)[]): Promise<readonly VectorEvent[]> {
    const configs = [staticConfig(), ...await configsOf([target])];
    const records = lines.map((line) => typeof line === "string" ? line : record(target, line));
    const result = await transform(program, { configs, lines: { [`klw_src_${target.id}`]: records }, at: "klw" });
    assert.ok("events" in result, "errors" in result ? result.errors.join("\n") : "");
    return result.events;
  }

  test("Vector's language compiles what the watcher configures, and every line arrives once, joined, with its attributes", async () => {
    await using scene = await Scene.open({ isFilled: false });
    const destPath = join(scene.folder, "klw.d");
    await Deno.mkdir(destPath);
    const logs = await beginStory(scene);
    await using watcher = scene.watch([], {
      env: { ...STORY_SETTINGS, WATCHER_AGENTS: "vector", WATCHER_VECTOR_DEST_PATH: destPath },
    });
    const configs = () => logs.map(({ container }) => readConfig(join(destPath, `${container.id}.json`)));
    await watcher.until("both containers are configured", () => configs().every((config) => config !== undefined));
    for (const log of logs) {
      log.write(`  leading blanks, "quotes" and ${HOSTILE_NOTE.replaceAll("\n", " ")}`);
      log.write("");
      log.write("x".repeat(40_000));
      log.write("cut in small parts, whatever it is made of", { partBytes: 5 });
      log.write("an error in parts", { stream: "stderr", partBytes: 5 });
      log.rotate();
      log.write("after the rotation");
    }
    const events = await deliver(logs, configs() as VectorConfig[]);
    assertAllDelivered(logs, events.map(delivered));
    const { timestamp, message: _, file: __, source_type: ___, ...fields } = events.at(-1)!;
    assert.match(String(timestamp), /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    assert.deepEqual(fields, {
      stream: "stdout",
      host: "node-1",
      cluster: "cluster-1",
      application: "story",
      environment: "production",
      version: "1",
      kubernetes: {
        pod_namespace: "shop",
        pod_name: "story-c",
        pod_uid: CRI_POD.uid,
        pod_node_name: "node-1",
        container_name: "app",
        container_id: CRI_POD.containers[0]!.id,
        container_image: "registry.example/story:1",
      },
      attributes: { note: HOSTILE_NOTE, team: "checkout" },
    });
    for (const pod of [DOCKER_POD, CRI_POD]) {
      scene.putPod(apiPod({ ...pod, labels: { ...pod.labels, version: "2" } }, { nodeName: SAMPLE_NODE_NAME }));
    }
    await watcher.until(
      "the changed label is configured",
      () => configs().every((config) => JSON.stringify(config).includes('.version = \\"2\\"')),
    );
    const again = await deliver(logs, configs() as VectorConfig[]);
    assert.deepEqual(new Set(again.map(({ version }) => version)), new Set(["2"]));
  });

  /** Reads the files of each source as Vector does, the older ones first, and ships their lines. */
  async function deliver(logs: readonly ContainerLog[], configs: readonly VectorConfig[]) {
    const lines = Object.fromEntries(configs.map(({ sources }, index) => {
      const [[name, source]] = Object.entries(sources!) as [[string, { include: string[] }]];
      assert.equal(source.include[0], logs[index]!.path);
      return [name, readWithRotated(logs[index]!.path)];
    }));
    const result = await transform(program, { configs: [staticConfig(), ...configs], lines, at: "klw" });
    assert.ok("events" in result, JSON.stringify(result));
    return result.events.toSorted((a, b) => delivered(b).id < delivered(a).id ? -1 : 1);
  }

  test("the main file of Vector's check joins with what is checked, and an input without a component is found", async () => {
    const main = JSON.parse(await renderCheckMain("vector", { settings: {}, work: "/empty" }));
    assert.equal(main.data_dir, "/empty");
    const { sinks: _, ...parts } = main;
    const configs = await configsOf([criTarget()]);
    const sinks = { sinks: { klw: { type: "console", inputs: ["klw_out_*"] } } };
    const good = await transform(program, { configs: [parts, sinks, ...configs], lines: {}, at: "klw_out_idle" });
    assert.deepEqual(good, { events: [] });
    const { sources: __, ...broken } = configs[0]!;
    const bad = await transform(program, { configs: [parts, sinks, broken], lines: {}, at: "klw_out_idle" });
    assert.ok("errors" in bad && /doesn't match any components/.test(bad.errors[0]!));
  });

  test("what pods wish for is done by Vector, for Docker and CRI", async (t) => {
    const hints: Partial<LogHints> = {
      parser: "json",
      multiline: { preset: "", firstLine: "^(?:\\S|it's)" },
      samplingRules: [{ pattern: "^never", rate: 0 }, { pattern: "^half", rate: 0.5 }, { pattern: "half", rate: 0 }],
      redactionRules: [
        { pattern: "card=(\\d+)|(b)ard", replacement: '$1 ${HOME} {{x}} "\\1' },
        { pattern: " [äö]t'\\b", replacement: "" },
      ],
    };
    const lines: Line[] = [
      ["stdout", "F", "first card=12 bard"],
      ["stderr", "F", '{"a": 1}'],
      ["stdout", "F", "  at x card=5"],
      ["stdout", "P", "  at a long li"],
      ["stderr", "P", ""],
      ["stdout", "F", "ne"],
      ["stdout", "F", "never"],
      ["stdout", "F", "second half"],
      ...Array.from({ length: 400 }, (_, index): Line => ["stdout", "F", `half ${index}`]),
      ["stdout", "F", "last öt'x"],
    ];
    for (const [name, target] of Object.entries({ docker: dockerTarget({ hints }), cri: criTarget({ hints }) })) {
      await t.step(name, async () => {
        const events = await ship(target, [...lines, "garbage"]);
        const messages = (stream: string | undefined) =>
          events.filter((one) => one.stream === stream).map(({ message }) => message);
        const halves = messages("stdout").filter((message) => message.startsWith("half "));
        assert.ok(halves.length > 100 && halves.length < 300, `${halves.length} of 400`);
        const replaced = '$1 ${HOME} {{x}} "\\1';
        assert.deepEqual(messages("stdout").filter((message) => !message.startsWith("half ")), [
          `first ${replaced} ${replaced}\n  at x ${replaced}\n  at a long line`,
          "lastx",
        ]);
        assert.deepEqual(messages("stderr"), ['{"a": 1}', ""]);
        assert.deepEqual(messages(undefined), ["garbage"]);
        assert.deepEqual(events.find(({ message }) => message === '{"a": 1}')?.parsed, { a: 1 });
      });
    }
  });

  test("every parser that the agent names is one of Vector's language, and lines that are none stay", async () => {
    const { KNOWN_PARSERS } = await import("../../../agents/vector/programs.ts");
    for (const parser of KNOWN_PARSERS) {
      const [event] = await ship(criTarget({ hints: { parser } }), [["stdout", "F", "\u0001 none of them"]]);
      assert.deepEqual([event?.message, event?.parser], ["\u0001 none of them", parser]);
    }
  });

  test("presets for events of several lines compile, and hostile values come back equal from Vector's events", async () => {
    for (const firstLine of MULTILINE_PRESETS.values()) {
      const [event] = await ship(criTarget({ hints: { multiline: { preset: "", firstLine } } }), [[
        "stdout",
        "F",
        "a",
      ]]);
      assert.equal(event?.message, "a");
    }
    for (const [value, comesBack = value] of HOSTILE_VALUES) {
      const target = hostileTarget(value);
      const redactionRules = [{ pattern: "x", replacement: value }];
      const [event] = await ship(
        { ...target, attributes: { [value]: value }, hints: { ...target.hints, redactionRules } },
        [["stdout", "F", "x"]],
      );
      const { kubernetes, attributes } = event as unknown as Record<string, Record<string, string>>;
      assert.deepEqual([event?.version, kubernetes?.pod_name, event?.message], [comesBack, comesBack, comesBack]);
      assert.deepEqual(Object.entries(attributes!), [[comesBack, comesBack]]);
    }
  });
});

function delivered({ message, stream, kubernetes }: VectorEvent): Delivered {
  return {
    id: (kubernetes as { container_id: string }).container_id,
    stream: stream as Delivered["stream"],
    text: message,
  };
}

function readConfig(path: string): VectorConfig | undefined {
  try {
    return JSON.parse(Deno.readTextFileSync(path));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Reads a live log after the one that was rotated away. */
function readWithRotated(path: string): readonly string[] {
  const folder = path.slice(0, path.lastIndexOf("/"));
  const rotated = [...Deno.readDirSync(folder)].map(({ name }) => `${folder}/${name}`)
    .filter((other) => new RegExp(`^${RegExp.escape(path)}\\.\\d`).test(other));
  return [...rotated, path].flatMap((file) => Deno.readTextFileSync(file).split("\n").slice(0, -1));
}
