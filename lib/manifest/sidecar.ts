/**
 * What an agent's folder says of how its shipper is deployed: its file `sidecar.yaml`, cut into sections that go into the manifest as they are,
 * comments included.
 *
 * Sections are the top-level keys. Lists: `initContainers`, `containers`, `volumes` of the pod, `watcherVolumeMounts` and `watcherEnv` of the watcher's own
 * container, `commands` to run by hand before. Maps: `settings` (environment of the watcher), `files` (contents by name, for a ConfigMap that is
 * named after the watcher and the agent).
 *
 * @module
 */
import { join } from "node:path";
import { parseDocument } from "yaml";

/** Names of the sections that are lists, and go into the manifest as text. */
export const LIST_SECTIONS = ["initContainers", "containers", "volumes", "watcherVolumeMounts", "watcherEnv"] as const;

/** A section that is a list. */
export type ListSection = (typeof LIST_SECTIONS)[number];

/** How one agent's shipper is deployed. */
export interface Sidecar {
  readonly agent: string;
  /** Text of a list, without indentation, each item with the comments before it; empty where there is none. */
  readonly lists: Readonly<Record<ListSection, string>>;
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
  const known = [...LIST_SECTIONS, ...OTHER_SECTIONS];
  for (const [section, contents] of Object.entries(value)) {
    if (!known.includes(section)) {
      throw new SidecarError(`Cannot read ${path}: section ${section} is not known (sections: ${known.join(", ")})`);
    }
    const isList = section === "commands" || (LIST_SECTIONS as readonly string[]).includes(section);
    const isRight = isList ? Array.isArray(contents) : isMap(contents) && Object.values(contents).every(isText);
    if (!isRight) throw new SidecarError(`Cannot read ${path}: ${section} is no ${isList ? "list" : "map of texts"}`);
  }
  const texts = sectionTexts(text);
  return {
    agent,
    lists: Object.fromEntries(LIST_SECTIONS.map((name) => [name, texts.get(name) ?? ""])) as Sidecar["lists"],
    commands: (value.commands ?? []) as string[],
    settings: (value.settings ?? {}) as Record<string, string>,
    files: (value.files ?? {}) as Record<string, string>,
  };
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
