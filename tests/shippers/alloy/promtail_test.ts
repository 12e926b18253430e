import assert from "node:assert/strict";
import { join } from "node:path";
import { Scene } from "../../e2e/scene.ts";
import { beginStory, CRI_POD, DOCKER_POD, HOSTILE_NOTE, STORY_SETTINGS, tellStory } from "../log_story.ts";
import { withShipper } from "../obtain.ts";
import { tryCommand } from "../run_command.ts";
import { ShipperProcess } from "../shipper_process.ts";
import { LokiServer } from "./loki_server.ts";
import { PROMTAIL } from "./loki_programs.ts";
import { preparePromtail } from "./prepare_promtail.ts";

const IDS = [DOCKER_POD, CRI_POD].map(({ containers: [container] }) => container!.id);

/** Gives each line once: when labels change, Promtail reads some lines again, as the README says. */
function delivered({ entries }: LokiServer) {
  const once = new Map(entries.map((entry) => [`${entry.metadata.container_id} ${entry.time}`, entry]));
  return [...once.values()].map(({ line, labels, metadata }) => ({
    id: metadata.container_id ?? "",
    text: line,
    stream: labels.stream as "stdout" | "stderr",
    version: metadata.version ?? "",
  }));
}

function readTargets(folder: string): readonly { labels: Readonly<Record<string, string>> }[] {
  try {
    return JSON.parse(Deno.readTextFileSync(join(folder, "klw/targets.json")));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

withShipper(PROMTAIL, (program, test) => {
  const promtail = join(program, "promtail");

  test("Promtail ships every line once, joined, with its labels, through a rotation and a change of labels", async () => {
    await using scene = await Scene.open({ isFilled: false });
    await using loki = new LokiServer();
    const folder = join(scene.folder, "promtail");
    const config = await preparePromtail(folder, loki);
    const logs = await beginStory(scene);
    await using watcher = scene.watch([], {
      env: {
        ...STORY_SETTINGS,
        WATCHER_AGENTS: "alloy",
        WATCHER_ALLOY_DEST_PATH: join(folder, "klw"),
        WATCHER_ALLOY_PROMTAIL: "true",
      },
    });
    await watcher.until("both containers are configured", () => readTargets(folder).length === 2);
    await using shipper = ShipperProcess.start([promtail, "-config.file", config]);
    await tellStory(logs, {
      scene,
      shipper,
      delivered: () => delivered(loki),
      async configured(pods, version) {
        const ids = pods.flatMap(({ containers }) => containers.map(({ id }) => id));
        await watcher.until(
          `version ${version} is configured`,
          () =>
            ids.every((id) =>
              readTargets(folder).some(({ labels }) => labels.container_id === id && labels.version === version)
            ),
        );
      },
    });
    const entry = loki.entries.find(({ metadata, line }) => metadata.container_id === IDS[1] && line === "first");
    assert.deepEqual(entry?.labels, {
      app: "story",
      cluster: "cluster-1",
      container: "app",
      job: "shop/story",
      namespace: "shop",
      node: "node-1",
      note: HOSTILE_NOTE,
      pod: "story-c",
      stream: "stdout",
      team: "checkout",
    });
    assert.deepEqual(entry?.metadata, {
      container_id: IDS[1],
      environment: "production",
      filename: logs[1]!.path,
      image: "registry.example/story:1",
      pod_uid: CRI_POD.uid,
      version: "1",
    });
  });

  test("Promtail takes the README's configuration, and says no to one that is broken", async () => {
    await using loki = new LokiServer();
    const folder = await Deno.makeTempDir();
    try {
      const config = await preparePromtail(folder, loki);
      const check = () => tryCommand([promtail, "-check-syntax", "-config.file", config]);
      assert.equal((await check()).code, 0);
      await Deno.writeTextFile(config, Deno.readTextFileSync(config).replace("scrape_configs:", "scrape_config:"));
      assert.notEqual((await check()).code, 0);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
});
