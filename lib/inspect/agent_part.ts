/**
 * What one agent has for one container.
 *
 * @module
 */
import type { LogTarget } from "../join/log_target.ts";
import type { Rendered, Rendering } from "../render/rendered.ts";

/** An agent with what it rendered. */
export interface InspectedAgent {
  readonly name: string;
  readonly generations?: { readonly wanted: number; readonly applied: number };
  readonly failure: string;
  /** What it was given and what it made of it; undefined while it has rendered nothing. */
  readonly rendered: { readonly targets: readonly LogTarget[]; readonly rendering: Rendering } | undefined;
  readonly missing?: readonly string[];
}

/** A file in which a container is one of several. */
export interface Entry {
  readonly path: string;
  /** What stands there for the container, where it could be found. */
  readonly text: string;
}

/** What an agent has for a container. */
export interface AgentPart {
  readonly name: string;
  /** `refused` ones keep what is there of before. */
  readonly result: "configured" | "refused" | "not for this agent" | "not rendered yet";
  /** Why it was refused; else empty. */
  readonly reason: string;
  /** Number of the agent's newest wanted output, and of the newest that is wholly on disk and, where its shipper is told, taken; undefined where nobody writes. */
  readonly wantedGeneration?: number;
  readonly appliedGeneration?: number;
  /** Files and links of its own: a link as `path -> target`. */
  readonly files: readonly string[];
  readonly entries: readonly Entry[];
  readonly warnings: readonly string[];
  /** Wishes that the shipper cannot be told. */
  readonly unexpressed: readonly string[];
}

/** Longest entry that is shown. */
const MAX_ENTRY = 4_000;

/** Finds an agent's part. */
export function agentPart({ name, rendered, generations }: InspectedAgent, target: LogTarget): AgentPart {
  const { id, hints } = target;
  const reached = generations
    ? { wantedGeneration: generations.wanted, appliedGeneration: generations.applied }
    : undefined;
  const none = { name, reason: "", ...reached, files: [], entries: [], warnings: [], unexpressed: [] };
  if (hints.agents.length > 0 && !hints.agents.includes(name)) return { ...none, result: "not for this agent" };
  if (!rendered) return { ...none, result: "not rendered yet" };
  if (!rendered.targets.some((one) => one.id === id)) return { ...none, result: "not for this agent" };
  const { rendering } = rendered;
  const refusal = rendering.refused.find(({ targetId }) => targetId === id);
  const own = rendering.wanted.filter(({ path }) => path.includes(id));
  return {
    name,
    result: refusal ? "refused" : "configured",
    reason: refusal?.reason ?? "",
    ...reached,
    files: own.map((one) => one.kind === "link" ? `${one.path} -> ${one.target}` : one.path),
    entries: rendering.wanted.flatMap((file) => own.includes(file) ? [] : entryIn(file, target)),
    warnings: rendering.warnings.filter(({ targetId }) => targetId === id)
      .map(({ subject, expected }) => `${subject}: expected ${expected}`),
    unexpressed: rendering.unexpressed.filter(({ targetId }) => targetId === id)
      .map(({ hint, reason }) => `${hint}: ${reason}`),
  };
}

/** Looks for a container in a file of several: in JSON the smallest object that names it, in other languages the lines around its name. */
function entryIn(file: Rendered, { id, log }: LogTarget): Entry[] {
  if (file.kind !== "file") return [];
  const marks = [id, log.path];
  if (!marks.some((mark) => file.contents.includes(mark))) return [];
  const text = jsonEntry(file.contents, marks) ?? lineEntry(file.contents, marks);
  return [{ path: file.path, text: text.length > MAX_ENTRY ? `${text.slice(0, MAX_ENTRY)} ...` : text }];
}

function jsonEntry(contents: string, marks: readonly string[]): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(contents);
  } catch {
    return undefined;
  }
  const found = elementWith(value, marks);
  return found === undefined ? undefined : JSON.stringify(found, null, 2);
}

/** Finds the element of the outermost list or map of several in which a mark stands. */
function elementWith(value: unknown, marks: readonly string[]): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  const has = (one: unknown) => {
    const text = JSON.stringify(one) ?? "";
    return marks.some((mark) => text.includes(JSON.stringify(mark).slice(1, -1)));
  };
  const hits = Object.entries(value).filter(([key, one]) => marks.includes(key) || has(one));
  const [hit] = hits;
  if (hits.length !== 1 || !hit) return hits.length === 0 ? undefined : value;
  const [key, one] = hit;
  if (Array.isArray(value)) return one;
  return marks.includes(key) ? { [key]: one } : elementWith(one, marks) ?? { [key]: one };
}

function lineEntry(contents: string, marks: readonly string[]): string {
  return contents.split("\n").filter((line) => marks.some((mark) => line.includes(mark))).join("\n");
}
