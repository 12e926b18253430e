/**
 * Which of the rendered files is whose.
 *
 * @module
 */
import type { LogTarget } from "../../lib/join/log_target.ts";
import type { OpenAgent } from "../../lib/render/agent_host.ts";
import type { Rendered, Rendering } from "../../lib/render/rendered.ts";

/** Finds the file or link that an output made for a target. */
export function fileOf(
  { wanted }: Rendering,
  { kind, target, among, output }: {
    kind: Rendered["kind"];
    target: LogTarget;
    among: OpenAgent["description"]["outputs"];
    output: OpenAgent["description"]["outputs"][string];
  },
): Rendered | undefined {
  if (!hasOwnPath(target)) return undefined;
  const own = wanted.filter((one) => one.path.includes(target.id));
  const links = Object.values(among).filter((one) => !("template" in one));
  const files = Object.values(among).filter((one) => "template" in one && one.each === "container");
  // With several outputs of one kind the last part of the pattern tells them apart.
  const alike = kind === "link" ? links : files;
  const found = own.filter((one) => one.kind === kind);
  const pattern = "template" in output ? output.path : output.link;
  const ending = /[^{}/]*$/.exec(pattern)![0];
  return alike.length === 1 ? found[0] : found.find(({ path }) => path.endsWith(ending));
}

/** Tells whether a file is none of a target. */
export function isNodeFile({ path }: Rendered, targets: readonly LogTarget[]): boolean {
  return !targets.some((target) => hasOwnPath(target) && path.includes(target.id));
}

/** Tells whether the id is one that no other path has in it by chance. */
export function hasOwnPath({ id }: LogTarget): boolean {
  return /^[0-9a-f]{64}$/.test(id);
}
