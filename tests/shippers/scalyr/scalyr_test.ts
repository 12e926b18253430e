import assert from "node:assert/strict";
import { join } from "node:path";
import { apiPod } from "../../../lib/sample/api_pod.ts";
import { SAMPLE_NODE_NAME } from "../../../lib/sample/sample_node.ts";
import { HOSTILE_VALUES, hostileTarget } from "../../agents/hostile_values.ts";
import { renderHere } from "../../agents/render_agent.ts";
import { Scene } from "../../e2e/scene.ts";
import { assertAllDelivered, isAllDelivered } from "../delivery.ts";
import { beginStory, CRI_POD, DOCKER_POD, HOSTILE_NOTE, STORY_SETTINGS } from "../log_story.ts";
import { withShipper } from "../obtain.ts";
import { readmeBlocks } from "../readme_blocks.ts";
import { readConfiguration, type ReadLog, SCALYR_AGENT, startScalyrAgent } from "./scalyr_program.ts";
import { ScalyrServer } from "./scalyr_server.ts";

const PODS = [DOCKER_POD, CRI_POD];

/** Where the forms of configuration put what, below a folder. */
function pathsIn(folder: string) {
  const config = join(folder, "scalyr");
  return {
    agentJson: join(config, "agent.json"),
    fragments: join(config, "agent.d"),
    fragment: join(config, "agent.d/50-kube-log-watcher.json"),
    links: join(folder, "links"),
  };
}

/** The operator's own file: the README's. */
function ownAgentJson(): string {
  return readmeBlocks("scalyr", "json")[0]!;
}

function delivered({ events }: ScalyrServer) {
  return events.filter(({ attributes }) => attributes.container_id !== undefined).map(({ message, attributes }) => ({
    id: String(attributes.container_id),
    stream: attributes.stream as "stdout" | "stderr",
    text: message.replace(/\n$/, ""),
    version: String(attributes.version),
  }));
}

withShipper(SCALYR_AGENT, (program, test) => {
  for (const form of ["fragment", "agent.json"] as const) {
    test(`the Scalyr agent ships every line once with its attributes, through a rotation and a change of labels: ${form}`, async () => {
      await using scene = await Scene.open({ isFilled: false });
      await using scalyr = new ScalyrServer();
      const paths = pathsIn(scene.folder);
      for (const path of [paths.fragments, paths.links]) await Deno.mkdir(path, { recursive: true });
      if (form === "fragment") await Deno.writeTextFile(paths.agentJson, ownAgentJson());
      const written = form === "fragment" ? paths.fragment : paths.agentJson;
      const logs = await beginStory(scene);
      await using watcher = scene.watch([], {
        env: {
          ...STORY_SETTINGS,
          WATCHER_AGENTS: "scalyr",
          ...(form === "fragment"
            ? { WATCHER_SCALYR_FRAGMENT: "true", WATCHER_SCALYR_API_KEY: "" }
            : { WATCHER_SCALYR_API_KEY: "key-1" }),
          WATCHER_SCALYR_FRAGMENT_PATH: paths.fragments,
          WATCHER_SCALYR_CONFIG_PATH: paths.agentJson,
          WATCHER_SCALYR_DEST_PATH: form === "fragment" ? "" : paths.links,
          WATCHER_SCALYR_PARSE_LINES_JSON: "*",
        },
      });
      const versions = () => logsIn(written).map(({ attributes }) => attributes.version).join();
      await watcher.until("both containers are configured", () => versions() === "1,1");
      assert.equal(Deno.readTextFileSync(paths.agentJson) === ownAgentJson(), form === "fragment");
      await using shipper = await startScalyrAgent(program, {
        configPath: paths.agentJson,
        url: scalyr.url,
        folder: scene.folder,
      });
      // A link's name has the version: the agent takes the log for another one when it changes, as the README says.
      const arrived = () => form === "fragment" ? delivered(scalyr) : onceInEachLog(delivered(scalyr));
      const untilAll = (what: string) =>
        shipper.until(`all lines ${what} are delivered`, () => isAllDelivered(logs, arrived()));
      for (const log of logs) {
        log.write(`  leading blanks, "quotes", \\ and ${HOSTILE_NOTE.replaceAll("\n", " ")}`);
        log.write("an error", { stream: "stderr" });
        // This version of the agent joins what Docker cut, not what containerd cut.
        if (log.pod === DOCKER_POD) log.write("cut in small parts", { partBytes: 5 });
        for (let number = 0; number < 100; number++) log.write(`number ${number}`);
      }
      await untilAll("before the rotation");
      for (const log of logs) {
        log.write("last before the rotation");
        log.rotate();
        log.write("first after the rotation");
      }
      await untilAll("around the rotation");
      for (const pod of PODS) {
        scene.putPod(apiPod({ ...pod, labels: { ...pod.labels, version: "2" } }, { nodeName: SAMPLE_NODE_NAME }));
      }
      await watcher.until("the changed label is configured", () => versions() === "2,2");
      for (const log of logs) {
        await shipper.until("lines have version 2", async () => {
          log.write(`probe ${log.written.length}`);
          await untilAll("with a probe");
          return arrived().findLast(({ id }) => id === log.container.id)?.version === "2";
        });
      }
      assertAllDelivered(logs, arrived());
      const { attributes } = scalyr.events.find((one) => one.attributes.pod === "story-c")!;
      const { logfile: _, original_file: __, ...others } = attributes;
      assert.deepEqual(others, {
        ...(form === "fragment" ? {} : { environment: "production" }),
        serverHost: "cluster-1",
        cluster: "cluster-1",
        cluster_environment: "production",
        cluster_alias: "none",
        environment: "production",
        node: "node-1",
        parser: "json",
        application: "story",
        version: "1",
        pod: "story-c",
        namespace: "shop",
        container: "app",
        container_id: CRI_POD.containers[0]!.id,
        note: HOSTILE_NOTE,
        stream: "stdout",
        team: "checkout",
      });
    });
  }

  test("the Scalyr agent reads from both forms what went into them, whatever the values", async () => {
    const folder = await Deno.makeTempDir();
    try {
      const { agentJson, fragments, fragment } = pathsIn(folder);
      await Deno.mkdir(fragments, { recursive: true });
      const targets = HOSTILE_VALUES.map(([value], index) => {
        const rules = [{ pattern: "x", replacement: value, rate: 0.5 }];
        const target = hostileTarget(value);
        const hints = { ...target.hints, samplingRules: rules, redactionRules: rules };
        return { ...target, id: index.toString(16).padStart(64, "0"), attributes: { note: value }, hints };
      });
      const own = await write(targets, { apiKey: "k", fragment: false });
      await Deno.writeTextFile(agentJson, own);
      check(await readConfiguration(program, agentJson));
      await Deno.writeTextFile(agentJson, ownAgentJson());
      await Deno.writeTextFile(fragment, await write(targets, { fragment: true }));
      check(await readConfiguration(program, agentJson));
      await Deno.writeTextFile(fragment, own);
      assert.match(String(await readConfiguration(program, agentJson)), /api_key/, "A key in both files is refused");
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
});

/** Leaves out lines that came again when the label changed. */
function onceInEachLog(events: ReturnType<typeof delivered>) {
  const seen = new Set<string>();
  return events.filter(({ id, text }) => seen.size < seen.add(`${id} ${text}`).size);
}

async function write(
  targets: Parameters<typeof renderHere>[1],
  settings: Readonly<Record<string, unknown>>,
): Promise<string> {
  const { nodes } = await renderHere("scalyr", targets, { settings: { destPath: "/links", ...settings } });
  return nodes.get(settings.fragment ? "fragment" : "config")!.contents!;
}

/** Throws unless the values of the hostile targets are there. */
function check(logs: readonly ReadLog[] | string) {
  if (typeof logs === "string") assert.fail(logs);
  const own = logs.filter(({ attributes }) => attributes.container_id !== undefined);
  assert.equal(own.length, HOSTILE_VALUES.length);
  HOSTILE_VALUES.forEach(([value, comesBack = value], index) => {
    const { attributes, parse_format, redaction_rules, sampling_rules } = own[index]!;
    assert.deepEqual([attributes.pod, attributes.note, attributes.version], [comesBack, comesBack, comesBack]);
    assert.equal(parse_format, "cri");
    assert.deepEqual(sampling_rules[0], { match_expression: "x", sampling_rate: 0.5 });
    assert.equal(redaction_rules[0]?.replacement, comesBack.replaceAll("\\", "\\\\"));
  });
}

function logsIn(path: string): readonly { attributes: Readonly<Record<string, unknown>> }[] {
  try {
    return JSON.parse(Deno.readTextFileSync(path)).logs;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
