/**
 * Renders again at each save of an agent's folder, and prints what that changes in its files.
 *
 * @module
 */
import type { Config } from "../config/config.ts";
import type { Commands, PreviewAgent, PreviewOptions, PreviewResult } from "./commands.ts";
import { fileChanges } from "./file_changes.ts";
import { saves } from "./saves.ts";
import type { Terminal } from "./terminal.ts";

/** Options of {@linkcode watchPreview}. */
export interface WatchPreviewOptions {
  readonly commands: Pick<Commands, "preview">;
  readonly options: PreviewOptions;
  readonly terminal: Terminal;
  /** What was shown first. */
  readonly first: PreviewResult;
}

/** Renders again at each save, until the signal. A mistake in what was saved is said; what was good last is what the next save is compared with. */
export async function watchPreview(config: Config, watch: WatchPreviewOptions): Promise<void> {
  const { commands, options, terminal } = watch;
  const folders = config.agents.map(({ description }) => description.folder);
  await terminal.note(`Waiting for saves in ${folders.join(", ")}; Ctrl-C ends it`);
  let shown = watch.first;
  for await (const _ of saves(folders, options)) {
    try {
      const result = await commands.preview(config, options);
      const changes = await describeChanges(shown, result, terminal);
      await terminal.out(changes === "" ? "Nothing changes in what is written\n" : changes);
      if (result.agents.every(({ refused }) => refused.length === 0)) shown = result;
    } catch (error) {
      await terminal.note(`error: ${(error as Error).message}`);
    }
  }
}

async function describeChanges(before: PreviewResult, after: PreviewResult, terminal: Terminal): Promise<string> {
  const { previewText } = await import("./preview_text.ts");
  const { diffOf } = await import("./preview_diff.ts");
  const agents = after.agents.map((agent): PreviewAgent => ({
    ...agent,
    // What is refused was not taken away by the author.
    files: agent.refused.length > 0
      ? []
      : fileChanges(before.agents.find(({ name }) => name === agent.name)?.files ?? [], agent.files),
  }));
  const isSame = agents.every(({ files, refused }) =>
    refused.length === 0 && files.every(({ change }) => change === "unchanged")
  );
  if (isSame) return "";
  const { isOutColored, isOutScreen } = terminal;
  const containers = after.containers.filter(({ state }) => state !== "failed");
  return previewText({ ...after, agents, containers }, {
    differ: diffOf,
    isColored: isOutColored,
    isScreen: isOutScreen,
  });
}
