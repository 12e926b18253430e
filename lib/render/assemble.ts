/**
 * Puts together what an agent wants on disk: what is known of its targets, and the files for the node of its last answer.
 *
 * @module
 */
import type { LogTarget } from "../join/log_target.ts";
import type { CheckedAnswer } from "./check_answer.ts";
import { type KnownTarget, refusalOf } from "./known_target.ts";
import { refuseLinksInPath } from "./link_checks.ts";
import { fillPath, OutputPathError, rootOf } from "./output_path.ts";
import type { NodeAnswer } from "./protocol.ts";
import type { InputWarning, Refusal, Rendered, Rendering, UnexpressedHint } from "./rendered.ts";
import { SandboxError } from "./sandbox_error.ts";
import { TakenPaths } from "./taken_paths.ts";
import type { PreparedOutput } from "./target_files.ts";

/** Options of {@linkcode assemble}. */
export interface AssembleOptions {
  /** Name of the agent, for messages. */
  readonly agent: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly outputs: readonly PreparedOutput[];
  /** Targets that are wanted, by id. */
  readonly wanted: ReadonlyMap<string, LogTarget>;
  /** What is known of them. */
  readonly known: { get(id: string): KnownTarget | undefined };
}

/** A rendering, and what it is put together from. */
export interface Assembled {
  readonly rendering: Rendering;
  /** Links and files per container, each sorted by path. */
  readonly links: readonly Rendered[];
  readonly files: readonly Rendered[];
  /** Whether some target was refused since its path is taken by another one. */
  readonly hasClash: boolean;
}

/**
 * Makes the rendering. A target whose paths are taken by another one is refused.
 *
 * @throws {SandboxError} If a file for the node is missing.
 * @throws {OutputFormatError} If a file for the node does not parse or has not one element per container.
 * @throws {OutputPathError} If a file for the node cannot be written where it belongs.
 */
export function assemble(answer: CheckedAnswer, options: AssembleOptions): Assembled {
  const { agent, wanted, known: all } = options;
  const refused = new Map<string, Refusal>();
  const taken = new TakenPaths();
  const nodeFiles = nodeFilesOf(answer, options);
  for (const file of nodeFiles) {
    const clash = taken.claim([file], "another file for the node");
    if (clash) throw new OutputPathError(`Agent ${agent} cannot be rendered: ${clash}`);
  }
  const links: Rendered[] = [];
  const files: Rendered[] = [];
  const warnings: InputWarning[] = [];
  const unexpressed: UnexpressedHint[] = [];
  let hasClash = false;
  for (const id of [...wanted.keys()].sort()) {
    const known = all.get(id);
    if (!known) continue;
    warnings.push(...known.warnings);
    unexpressed.push(...known.unexpressed);
    if (known.refusal) refused.set(id, known.refusal);
    if (!known.used) continue;
    const clash = taken.claim(known.files, `container ${id}`);
    if (clash) {
      hasClash = true;
      refused.set(id, refusalOf(known.wanted, { agent, why: clash }));
      continue;
    }
    for (const file of known.files) (file.kind === "link" ? links : files).push(file);
  }
  links.sort(byPath);
  files.sort(byPath);
  const rendering = {
    wanted: [...links, ...files, ...nodeFiles],
    refused: [...refused.values()],
    warnings,
    unexpressed,
  };
  return { rendering, links, files, hasClash };
}

/** Makes the files for the node, sorted by path. @throws {Error} As {@linkcode assemble}. */
export function nodeFilesOf(answer: CheckedAnswer, options: AssembleOptions): readonly Rendered[] {
  return options.outputs.flatMap((output) => nodeFile(answer, output, options)).sort(byPath);
}

/**
 * Checks the files for the node of an answer about some targets alone.
 *
 * @throws {OutputFormatError} If one does not parse or has not one element per container.
 */
export function checkNodeFiles(
  answer: CheckedAnswer,
  { outputs, targets }: { outputs: readonly PreparedOutput[]; targets: readonly LogTarget[] },
) {
  const good = targets.filter(({ id }) => {
    const one = answer.targets.get(id);
    return one !== undefined && one.error === undefined;
  });
  for (const output of outputs) {
    const node = output.kind === "file" ? answer.nodes.get(output.name) : undefined;
    if (output.kind !== "file" || node?.contents === undefined) continue;
    output.check(node.contents, countIn(node, good));
  }
}

/** Makes the file of an `each: "node"` output. */
function nodeFile(
  answer: CheckedAnswer,
  output: PreparedOutput,
  { agent, settings, wanted, known }: AssembleOptions,
): Rendered[] {
  if (output.kind !== "file" || output.output.each !== "node") return [];
  const node = answer.nodes.get(output.name);
  if (!node) throw new SandboxError("protocol", `Agent ${agent} gave no contents for its output ${output.name}`);
  if (node.contents === undefined) {
    throw new SandboxError("failed", `Agent ${agent} failed in ${output.output.template}: ${node.error}`);
  }
  // In it must be those with a good version, less those that the agent says it left out.
  output.check(node.contents, countIn(node, [...wanted.values()].filter(({ id }) => known.get(id)?.used)));
  const place = {
    path: fillPath(output.pattern, { settings, fields: {} }),
    root: rootOf(output.pattern, settings),
  };
  refuseLinksInPath(place);
  return [{ kind: "file", ...place, contents: node.contents, mode: output.output.mode ?? 0o640 }];
}

function countIn(node: NodeAnswer, targets: readonly LogTarget[]): number {
  const leftOut = new Set(node.leftOut.map(({ id }) => id));
  return targets.filter(({ id }) => !leftOut.has(id)).length;
}

/** Compares by path, in the order of UTF-16 code units. */
export function byPath(a: Rendered, b: Rendered): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}
