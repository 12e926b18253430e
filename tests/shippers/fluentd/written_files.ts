/**
 * What the watcher writes while pods come and change, for shippers that cannot be had.
 *
 * @module
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { apiPod } from "../../../lib/sample/api_pod.ts";
import { SAMPLE_NODE_NAME } from "../../../lib/sample/sample_node.ts";
import { Scene } from "../../e2e/scene.ts";
import { beginStory, CRI_POD, DOCKER_POD, LATE_POD, STORY_SETTINGS } from "../log_story.ts";
import { type ContainerLog, startLogs } from "../log_tree.ts";

/** Longest wait, in milliseconds; agents may take 10 s between two sets of writes. */
const PATIENCE_MS = 120_000;
const POLL_MS = 100;

/** What a test looks at. */
export interface WrittenStory<T> {
  /** Setting of the agent's folder. */
  readonly destSetting: string;
  /** Reads the files that are there: what they say of each container. */
  read(destPath: string): T[] | Promise<T[]>;
  /** Gives the label `version` of a container. */
  versionOf(written: T): string | undefined;
  /** Looks at the first two containers before anything changes. */
  first(written: T[], logs: readonly ContainerLog[]): void | Promise<void>;
  /** Looks at three containers after labels have changed. */
  last(written: T[]): void | Promise<void>;
}

/** Runs the real watcher with one agent while a label of two pods changes and another pod comes. */
export async function watchStory<T>(agent: string, story: WrittenStory<T>): Promise<void> {
  await using scene = await Scene.open({ isFilled: false });
  const logs = await beginStory(scene);
  const destPath = join(scene.folder, "dest");
  await Deno.mkdir(destPath);
  const env = { ...STORY_SETTINGS, WATCHER_AGENTS: agent, [story.destSetting]: destPath };
  await using watcher = scene.watch([], { env });
  const until = async (version: string, count: number) => {
    const deadline = performance.now() + PATIENCE_MS;
    for (;;) {
      const written = await story.read(destPath);
      if (written.length === count && written.every((one) => story.versionOf(one) === version)) return written;
      const log = () => watcher.lines.slice(-30).map((line) => JSON.stringify(line)).join("\n");
      assert.ok(performance.now() < deadline, `${count} containers do not have version ${version}:\n${log()}`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  };
  await story.first(await until("1", 2), logs);
  for (const pod of [DOCKER_POD, CRI_POD, LATE_POD]) {
    const changed = { ...pod, labels: { ...pod.labels, version: "2" } };
    scene.putPod(apiPod(changed, { nodeName: SAMPLE_NODE_NAME }));
  }
  await startLogs(LATE_POD, scene.paths);
  await story.last(await until("2", 3));
}

/** Reads the files below a folder whose paths match. */
export function textsIn(folder: string, pattern: RegExp): string[] {
  const found: string[] = [];
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    const path = join(folder, name);
    if (isDirectory) found.push(...textsIn(path, pattern));
    else if (pattern.test(path)) found.push(Deno.readTextFileSync(path));
  }
  return found;
}
