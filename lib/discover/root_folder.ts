/**
 * One of the folders in which container logs are looked for, as configured and as it really is.
 *
 * @module
 */
import { dirname, resolve } from "node:path";
import { isAbsent, unreadableReason } from "./disk_error.ts";

/**
 * How a root folder stands: `absent` was never there (a node may have one layout only), `gone` was there before,
 * `missing` is a link that leads nowhere.
 */
export type RootState = "unknown" | "present" | "absent" | "gone" | "missing" | "unreadable";

/** A root folder; {@linkcode RootFolder.look} brings it up to date. */
export class RootFolder {
  /** As configured, absolute and without a slash at its end. */
  readonly path: string;
  /** Variable by which an operator sets it. */
  readonly variable: string;
  #realPath: string;
  #state: RootState = "unknown";
  #reason = "";
  #hasExisted = false;

  constructor(path: string, variable: string) {
    this.path = resolve(path);
    this.#realPath = this.path;
    this.variable = variable;
  }

  /** The path with every link resolved, as it was last seen; the configured one until then. */
  get realPath(): string {
    return this.#realPath;
  }

  get state(): RootState {
    return this.#state;
  }

  /** Says what is wrong, without a full stop; empty while nothing is. */
  get reason(): string {
    return this.#reason;
  }

  /** Looks at the disk; returns whether the folder is there. */
  look(): boolean {
    try {
      this.#realPath = Deno.realPathSync(this.path);
      this.#set("present", "");
      this.#hasExisted = true;
    } catch (error) {
      if (!isAbsent(error)) this.#set("unreadable", unreadableReason(this.path, error));
      else this.#setAbsent();
    }
    return this.#state === "present";
  }

  /** Gives the part of a path below this folder, as configured or as it really is; undefined when it lies elsewhere. */
  relative(path: string): string | undefined {
    return below(path, this.path) ?? below(path, this.#realPath);
  }

  #set(state: RootState, reason: string): void {
    this.#state = state;
    this.#reason = reason;
  }

  #setAbsent(): void {
    const hop = firstMissingHop(this.path);
    const cure = `mount the node's ${this.path} or set ${this.variable}`;
    if (hop.isLinked) this.#set("missing", `${this.path} leads to ${hop.path}, which does not exist here; ${cure}`);
    else if (this.#hasExisted) {
      this.#set(
        "gone",
        `${hop.path} was there and is gone; what was known of ${this.path} stays until a restart; ${cure}`,
      );
    } else this.#set("absent", `${hop.path} does not exist here; ${cure}`);
  }
}

/** Gives the part of a path below a folder; undefined when it lies elsewhere, empty for the folder itself. */
export function below(path: string, folder: string): string | undefined {
  if (path === folder) return "";
  return path.startsWith(folder) && path[folder.length] === "/" ? path.slice(folder.length + 1) : undefined;
}

/** Finds the first part of a path that does not exist, following links; bounded to 40 links as Linux does. */
export function firstMissingHop(path: string): { readonly path: string; readonly isLinked: boolean } {
  let isLinked = false;
  let at = "";
  let rest = path.split("/").filter(Boolean);
  for (let links = 0; rest.length > 0 && links < 40;) {
    const next = `${at}/${rest[0]}`;
    let info: Deno.FileInfo;
    try {
      info = Deno.lstatSync(next);
    } catch {
      return { path: next, isLinked };
    }
    rest = rest.slice(1);
    if (!info.isSymlink) {
      at = next;
      continue;
    }
    links++;
    isLinked = true;
    rest = [...resolve(dirname(next), Deno.readLinkSync(next)).split("/").filter(Boolean), ...rest];
    at = "";
  }
  return { path: at, isLinked };
}
