/**
 * Renders again at each save of an agent's folder, and prints what that changes in its files.
 *
 * @module
 */
import type { Config } from "../config/config.ts";
import type { Commands, PreviewAgent, PreviewFile, PreviewOptions, PreviewResult } from "./commands.ts";
import type { Terminal } from "./terminal.ts";

/** Time in which the saves of an editor, which come in several steps, are taken for one, milliseconds. */
const QUIET_MS = 100;

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
  for await (const _ of saves(folders, options.signal)) {
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

/** Comes once for each save. */
async function* saves(folders: readonly string[], signal: AbortSignal): AsyncGenerator<void> {
  using watcher = Deno.watchFs([...folders]);
  const close = () => watcher.close();
  if (signal.aborted) return;
  signal.addEventListener("abort", close, { once: true });
  const events = watcher[Symbol.asyncIterator]();
  for (let next = events.next(); !(await next).done;) {
    next = events.next();
    for (let isQuiet = false; !isQuiet;) {
      const quiet = Promise.withResolvers<"quiet">();
      const timer = setTimeout(() => quiet.resolve("quiet"), QUIET_MS);
      const first = await Promise.race([next, quiet.promise]);
      clearTimeout(timer);
      isQuiet = first === "quiet" || first.done === true;
      if (!isQuiet) next = events.next();
    }
    if (!signal.aborted) yield;
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
      : compare(before.agents.find(({ name }) => name === agent.name)?.files ?? [], agent.files),
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

function compare(before: readonly PreviewFile[], after: readonly PreviewFile[]): readonly PreviewFile[] {
  const old = new Map(before.map((file) => [file.path, file]));
  const changed = after.map((file): PreviewFile => {
    const known = old.get(file.path);
    old.delete(file.path);
    if (!known) return { ...file, change: "created" };
    const [was, is] = [known, file].map(({ kind, contents, target }) => kind === "link" ? target : contents);
    return was === is ? { ...file, change: "unchanged" } : { ...file, change: "updated", before: was ?? "" };
  });
  const gone = [...old.values()].map((file): PreviewFile => ({
    path: file.path,
    kind: file.kind,
    change: "removed",
    before: (file.kind === "link" ? file.target : file.contents) ?? "",
  }));
  return [...changed, ...gone];
}
