/**
 * Makes wanted files and links of a target's checked answer: paths filled in, link targets confined, texts read back.
 *
 * @module
 */
import type { FileOutput, LinkOutput } from "./agent.ts";
import type { AgentDescription } from "./agent_description.ts";
import type { LogTarget } from "../join/log_target.ts";
import type { TargetAnswer } from "./protocol.ts";
import type { RenderedFile, RenderedLink } from "./rendered.ts";
import { holds } from "./runtime/condition.ts";
import { type CheckText, createTextCheck } from "./formats.ts";
import { confineLinkTarget, confineLog, refuseLinksInPath } from "./link_checks.ts";
import { fillPath, OutputPathError, parsePathPattern, type PathPattern, rootOf } from "./output_path.ts";

/** An output with all that is worked out once. */
export type PreparedOutput =
  | {
    readonly kind: "file";
    readonly name: string;
    readonly output: FileOutput;
    readonly pattern: PathPattern;
    readonly check: CheckText;
  }
  | { readonly kind: "link"; readonly name: string; readonly output: LinkOutput; readonly pattern: PathPattern };

/** Prepares the outputs that an agent has with these settings. */
export async function prepareOutputs(
  description: AgentDescription,
  settings: Readonly<Record<string, unknown>>,
): Promise<PreparedOutput[]> {
  const prepared: PreparedOutput[] = [];
  for (const [name, output] of Object.entries(description.outputs)) {
    if (!holds(output.onlyIf, settings)) continue;
    if ("template" in output) {
      prepared.push({
        kind: "file",
        name,
        output,
        pattern: parsePathPattern(output.path, description.settings),
        check: await createTextCheck(output, description.languages),
      });
    } else {
      prepared.push({ kind: "link", name, output, pattern: parsePathPattern(output.link, description.settings) });
    }
  }
  return prepared;
}

/** Options of {@linkcode targetFiles}. */
export interface TargetFilesOptions {
  readonly outputs: readonly PreparedOutput[];
  readonly settings: Readonly<Record<string, unknown>>;
  /** Folders in which container logs may lie, absolute. */
  readonly logRoots: readonly string[];
}

/**
 * Makes what one target wants on disk.
 *
 * @throws {OutputPathError} If a path or a link's target would leave its place.
 * @throws {OutputFormatError} If a text does not parse.
 */
export function targetFiles(
  target: LogTarget,
  answer: TargetAnswer,
  options: TargetFilesOptions,
): (RenderedFile | RenderedLink)[] {
  const { outputs, settings, logRoots } = options;
  const fields = { ...answer.fields, id: target.id };
  confineLog(target.log.path, logRoots);
  const wanted: (RenderedFile | RenderedLink)[] = [];
  for (const { kind, name, output, pattern, ...rest } of outputs) {
    if (kind === "file" && output.each === "node") continue;
    const place = { path: fillPath(pattern, { settings, fields }), root: rootOf(pattern, settings) };
    refuseLinksInPath(place);
    if (kind === "link") {
      const to = linkTarget({ target, to: output.to, fields });
      wanted.push({ kind, ...place, target: to === target.log.path ? to : confineLinkTarget(to, logRoots) });
    } else {
      const contents = Object.hasOwn(answer.files, name) ? answer.files[name]! : undefined;
      if (contents === undefined) throw new OutputPathError(`Output ${name} has no contents in the answer`);
      (rest as { check: CheckText }).check(contents, 1);
      wanted.push({ kind, ...place, contents, mode: output.mode ?? 0o640 });
    }
  }
  // Kept for as long as the container is there: a list that grew has room for 17 items.
  return wanted.slice();
}

function linkTarget(
  { target, to, fields }: {
    target: LogTarget;
    to: string | undefined;
    fields: Readonly<Record<string, unknown>>;
  },
): string {
  if (to === undefined) return target.log.path;
  const path = Object.hasOwn(fields, to) ? fields[to] : undefined;
  if (typeof path === "string") return path;
  throw new OutputPathError(`Link has no target: context gives no text ${to}`);
}
