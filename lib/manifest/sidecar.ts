/**
 * What an agent's folder says of how its shipper is deployed: its file `sidecar.yaml`, cut into sections that go into the manifest as they are,
 * comments included.
 *
 * Sections are the top-level keys. Lists: `initContainers`, `containers`, `volumes` of the pod, `watcherVolumeMounts` and `watcherEnv` of the watcher's own
 * container, `watcherCapabilities` that it needs besides those of the base, `commands` to run by hand before. Maps: `settings` (environment of the watcher),
 * `files` (contents by name, for a ConfigMap that is named after the watcher and the agent), `pod` (fields of the pod itself, e.g. shareProcessNamespace).
 *
 * Several agents may want the same capabilities and fields of the pod: they come once. All other names must differ; they begin with the agent's own.
 *
 * @module
 */
import { join } from "node:path";
import { parseDocument } from "yaml";

/** Names of the sections that are lists, and go into the manifest as text. */
export const LIST_SECTIONS = ["initContainers", "containers", "volumes", "watcherVolumeMounts", "watcherEnv"] as const;

/** A section that is a list. */
export type ListSection = (typeof LIST_SECTIONS)[number];

/** Names of the sections that several agents may have in common. */
export const SHARED_SECTIONS = ["pod", "watcherCapabilities"] as const;

/** A section that several agents may have in common. */
export type SharedSection = (typeof SHARED_SECTIONS)[number];

/** How one agent's shipper is deployed. */
export interface Sidecar {
  readonly agent: string;
  /** Text of a list, without indentation, each item with the comments before it; empty where there is none. */
  readonly lists: Readonly<Record<ListSection, string>>;
  /** Text of a list or map, likewise. */
  readonly shared: Readonly<Record<SharedSection, string>>;
  readonly commands: readonly string[];
  readonly settings: Readonly<Record<string, string>>;
  readonly files: Readonly<Record<string, string>>;
}

/** An agent's sidecar.yaml is missing or not usable. */
export class SidecarError extends Error {
  override readonly name = "SidecarError";
}

const FILE = "sidecar.yaml";
const OTHER_SECTIONS = ["commands", "settings", "files"];
const SECTIONS: readonly string[] = [...LIST_SECTIONS, ...SHARED_SECTIONS, ...OTHER_SECTIONS];
const LISTS: readonly string[] = [...LIST_SECTIONS, "watcherCapabilities", "commands"];

/** Tells whether an agent's folder says how its shipper is deployed. */
export function hasSidecar(folder: string): boolean {
  try {
    return Deno.statSync(join(folder, FILE)).isFile;
  } catch {
    return false;
  }
}

/**
 * Reads the sidecar of an agent.
 *
 * @throws {SidecarError} If the folder has none, or it cannot be understood.
 */
export function readSidecar(agent: string, folder: string): Sidecar {
  const path = join(folder, FILE);
  let text: string;
  try {
    text = Deno.readTextFileSync(path);
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    throw new SidecarError(
      `Agent ${agent} does not say how its shipper is deployed: there is no ${path}; write it, or leave the agent out of --agents`,
      { cause },
    );
  }
  return parseSidecar(text, { agent, path });
}

/** Parses the text of a sidecar.yaml. @throws {SidecarError} If it is not one. */
export function parseSidecar(
  text: string,
  { agent, path }: { readonly agent: string; readonly path: string },
): Sidecar {
  const document = parseDocument(text, { version: "1.1", uniqueKeys: true, strict: true });
  const problem = document.errors[0] ?? document.warnings[0];
  if (problem) throw new SidecarError(`Cannot read ${path}: ${problem.message}`, { cause: problem });
  const value: unknown = document.toJS();
  if (!isMap(value)) throw new SidecarError(`Cannot read ${path}: it is no map of sections`);
  for (const [section, contents] of Object.entries(value)) {
    const problem = problemOf(section, contents);
    if (problem !== undefined) throw new SidecarError(`Cannot read ${path}: ${problem}`);
  }
  const texts = sectionTexts(text);
  const textsOf = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, texts.get(name) ?? ""]));
  return {
    agent,
    lists: textsOf(LIST_SECTIONS) as Sidecar["lists"],
    shared: textsOf(SHARED_SECTIONS) as Sidecar["shared"],
    commands: (value.commands ?? []) as string[],
    settings: (value.settings ?? {}) as Record<string, string>,
    files: (value.files ?? {}) as Record<string, string>,
  };
}

function problemOf(section: string, contents: unknown): string | undefined {
  if (!SECTIONS.includes(section)) return `section ${section} is not known (sections: ${SECTIONS.join(", ")})`;
  if (LISTS.includes(section)) return Array.isArray(contents) ? undefined : `${section} is no list`;
  if (section === "pod") return isMap(contents) ? undefined : `${section} is no map`;
  return isMap(contents) && Object.values(contents).every(isText) ? undefined : `${section} is no map of texts`;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

/** Cuts a text at its top-level keys; what stands below a key loses its indentation of two spaces. */
function sectionTexts(text: string): ReadonlyMap<string, string> {
  const sections = new Map<string, string>();
  let lines: string[] | undefined;
  let name = "";
  const finish = () => lines && sections.set(name, lines.join("\n").trimEnd());
  for (const line of text.split("\n")) {
    const key = /^([A-Za-z]+):\s*$/.exec(line)?.[1];
    if (key !== undefined) {
      finish();
      [name, lines] = [key, []];
      // A comment at the beginning of a line belongs to the section that follows.
    } else if (!line.startsWith("#")) lines?.push(line.replace(/^ {2}/, ""));
  }
  finish();
  return sections;
}
