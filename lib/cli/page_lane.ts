/**
 * One agent on the preview page: what it rendered last, and what it says of it.
 *
 * @module
 */
import type { AgentConfig } from "../config/config.ts";
import type { Joined } from "../join/join.ts";
import type { LogTarget } from "../join/log_target.ts";
import { mistakeOf } from "../page/mistake_place.ts";
import type { AgentChanges, AgentRemarks, FileChange, PageUnexpressed, Refusal } from "../page/page_content.ts";
import type { AgentRenderer } from "../render/agent_renderer.ts";
import type { Rendering } from "../render/rendered.ts";
import { hintWords } from "../render/unexpressed.ts";
import type { PreviewFile } from "./commands.ts";
import { previewFile } from "./compose_preview.ts";
import { fileChanges } from "./file_changes.ts";
import { diffOf } from "./preview_diff.ts";

/** What an agent rendered. */
export interface LaneRendering {
  readonly renderer: AgentRenderer;
  readonly targets: readonly LogTarget[];
  readonly rendering: Rendering;
  readonly files: readonly PreviewFile[];
}

/** An agent with its state. */
export interface PageLane {
  readonly name: string;
  readonly folder: string;
  readonly summary: string;
  /** Undefined while its configuration is not known. */
  readonly agent: AgentConfig | undefined;
  /** Why it failed as a whole; `rendered` is of before then. */
  readonly error: string | undefined;
  readonly rendered: LaneRendering | undefined;
  /** What the next rendering is compared with: the last one in which nothing was refused that was rendered before. */
  readonly baseline: LaneRendering | undefined;
}

/** Names shown of many. */
const MAX_NAMES = 5;
/** Changed files of an agent that are shown, and the longest diff of one. */
const MAX_FILES = 60;
const MAX_DIFF = 60_000;
const MAX_CONTENTS = 500_000;

/** Renders. @throws {SandboxError | OutputFormatError} If the agent as a whole fails. */
export async function renderLane(
  renderer: AgentRenderer,
  targets: readonly LogTarget[],
  signal: AbortSignal,
): Promise<LaneRendering> {
  const rendering = await renderer.render(targets, { signal });
  return { renderer, targets, rendering, files: rendering.wanted.map(previewFile) };
}

/** Takes a new rendering in. */
export function nextLane(before: Omit<PageLane, "rendered" | "error">, rendered: LaneRendering): PageLane {
  const known = new Set(before.baseline?.rendering.refused.map(({ targetId }) => targetId));
  const isGood = rendered.rendering.refused.every(({ targetId }) => known.has(targetId));
  return { ...before, error: undefined, rendered, baseline: isGood ? rendered : before.baseline ?? rendered };
}

/** Tells what changed from one baseline to the next; while there are new refusals nothing did, since the author took nothing away. */
export function laneChanges(before: PageLane | undefined, after: PageLane): AgentChanges {
  if (!before?.baseline || !after.baseline || before.baseline === after.baseline) {
    return { name: after.name, files: [], more: 0 };
  }
  return changesBetween(after.name, { before: before.baseline.files, after: after.baseline.files });
}

/** What {@linkcode changesBetween} compares. */
export interface ComparedFiles {
  readonly before: readonly PreviewFile[];
  readonly after: readonly PreviewFile[];
  /** Whether the new texts are wanted, too, default false. */
  readonly hasContents?: boolean;
}

/** Compares files, with diffs. */
export function changesBetween(name: string, { before, after, hasContents = false }: ComparedFiles): AgentChanges {
  const changed = fileChanges(before, after).filter(({ change }) => change !== "unchanged");
  const files = changed.slice(0, MAX_FILES).map((file): FileChange => ({
    path: file.path,
    change: file.change as FileChange["change"],
    diff: cut(diffOf(file, { isQuick: true })),
    ...(hasContents && file.change !== "removed" ? contentsOf(file) : {}),
  }));
  return { name, files, more: changed.length - files.length };
}

function contentsOf({ contents, target }: PreviewFile): Pick<FileChange, "contents"> {
  const text = contents ?? target ?? "";
  return text.length <= MAX_CONTENTS ? { contents: text } : {};
}

function cut(diff: string): string {
  return diff.length <= MAX_DIFF ? diff : `${diff.slice(0, diff.lastIndexOf("\n", MAX_DIFF))}\n@@ the rest is cut @@\n`;
}

/** Tells what an agent says of its rendering, of all containers or of some. */
export function remarksOf(
  { name, folder, error }: Pick<PageLane, "name" | "folder" | "error">,
  { rendering, joined, ids }: {
    readonly rendering: Rendering | undefined;
    readonly joined: Joined;
    readonly ids?: ReadonlySet<string>;
  },
): AgentRemarks {
  const names = new Map(
    joined.targets.map(({ id, pod, container }) => [id, `${pod.namespace}/${pod.name}/${container.name}`]),
  );
  const mine = <T extends { readonly targetId: string }>(some: readonly T[] = []) =>
    some.filter(({ targetId }) => ids === undefined || ids.has(targetId));
  const nameOf = (targetId: string) => names.get(targetId) ?? targetId;
  const reasons = Map.groupBy(mine(rendering?.refused), ({ targetId, reason }) => {
    const start = `Agent ${name} cannot render ${nameOf(targetId)}: `;
    return reason.startsWith(start) ? reason.slice(start.length) : reason;
  });
  const wishes = Map.groupBy(mine(rendering?.unexpressed), ({ hint, reason }) => `${hintWords(hint)}: ${reason}`);
  return {
    ...(error === undefined ? {} : { error: mistakeOf(error, folder) }),
    refused: [...reasons].map(([reason, some]): Refusal => ({
      ...mistakeOf(reason, folder),
      ...namesOf(some.map(({ targetId }) => nameOf(targetId))),
    })),
    warnings: mine(rendering?.warnings).map(({ targetId, subject, expected }) =>
      `${subject} of ${nameOf(targetId)} is not usable and its default is taken; expected: ${expected}`
    ),
    unexpressed: [...wishes].map(([what, some]): PageUnexpressed => ({
      what,
      ...namesOf(some.map(({ targetId }) => nameOf(targetId))),
    })),
  };
}

function namesOf(names: readonly string[]) {
  return { containers: names.slice(0, MAX_NAMES), count: names.length };
}
