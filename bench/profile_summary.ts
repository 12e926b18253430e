/**
 * Says in a few lines where a profile's time went.
 *
 * @module
 */
import type { CpuProfile, ProfileNode } from "./inspector.ts";

/** Time of one function. */
export interface Spent {
  readonly name: string;
  readonly selfMs: number;
}

/** Adds up the time that ran in each function itself, longest first; idle time is left out. */
export function selfTimes({ nodes, samples, timeDeltas }: CpuProfile): readonly Spent[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const times = new Map<string, number>();
  for (const [index, id] of samples.entries()) {
    const node = byId.get(id);
    if (node === undefined || node.callFrame.functionName === "(idle)") continue;
    // A delta is the time before its sample: what ran until then is the sample before.
    const ms = (timeDeltas[index + 1] ?? 0) / 1000;
    times.set(nameOf(node), (times.get(nameOf(node)) ?? 0) + ms);
  }
  return sorted(times);
}

/** Adds up the time in and below the functions of each file of the program, longest first. A file counts once where its functions call each other. */
export function fileTimes({ nodes, samples, timeDeltas }: CpuProfile, root: string): readonly Spent[] {
  const parents = new Map(nodes.flatMap((node) => (node.children ?? []).map((child) => [child, node.id] as const)));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const filesOf = (id: number): Set<string> => {
    const files = new Set<string>();
    for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) {
      const url = byId.get(at)?.callFrame.url ?? "";
      if (url.startsWith(root) && !url.includes("node_modules")) files.add(url.slice(root.length));
    }
    return files;
  };
  const known = new Map<number, Set<string>>();
  const times = new Map<string, number>();
  for (const [index, id] of samples.entries()) {
    const files = known.get(id) ?? filesOf(id);
    known.set(id, files);
    for (const file of files) times.set(file, (times.get(file) ?? 0) + (timeDeltas[index + 1] ?? 0) / 1000);
  }
  return sorted(times);
}

function nameOf({ callFrame: { functionName, url, lineNumber } }: ProfileNode): string {
  const file = url.replace(/^.*\/(?=[^/]+\/[^/]+$)/, "");
  return `${functionName || "(anonymous)"}${url ? ` ${file}:${lineNumber + 1}` : ""}`;
}

function sorted(times: ReadonlyMap<string, number>): readonly Spent[] {
  return [...times].map(([name, selfMs]) => ({ name, selfMs })).sort((a, b) => b.selfMs - a.selfMs);
}
