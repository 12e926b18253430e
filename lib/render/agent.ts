/**
 * The agent contract: what the default export of an agent folder's `context.ts` must be.
 *
 * An agent is a folder with a `context.ts` and Eta templates. `context.ts` imports this file as types only (`import type`),
 * so a folder outside of this repository needs nothing from it at run time. The folder runs in a child process without
 * permissions; everything that it hands back is checked by the host.
 *
 * @module
 */
import type { HintName, LogHints, LogTarget, NodeContext } from "../join/log_target.ts";
import type { ShipperCheck } from "./shipper_check.ts";
import type { ShipperReload } from "./shipper_reload.ts";

export type { HintName, LogHints, LogTarget, NodeContext };
export type { CheckMain, ShipperCheck } from "./shipper_check.ts";
export type { HttpReload, ReloadConfirmation, ShipperReload, SignalReload } from "./shipper_reload.ts";
export type { LogFormat, Multiline, RedactionRule, SamplingRule } from "../join/log_target.ts";

/** Type of a setting's value; the host parses and checks it before the agent sees it. */
export type SettingType =
  /** Any text. */
  | "string"
  /** Folder that the agent's files and links go to: one of the places outside of which nothing is written. */
  | "directory"
  /** File that the agent writes. */
  | "file"
  /** Absolute path that is only mentioned in the output. */
  | "path"
  /** Address of a server, http or https, without user, query and fragment. It has no default: the operator names it. */
  | "url"
  | "integer"
  | "boolean"
  /** JSON object. */
  | "object";

/** Name of a setting of type `boolean`: holds when that is true; or `!` and the name: holds when it is false or not set. */
export type Condition = string;

/** One setting of an agent. It becomes an environment variable and, unless it is secret, a flag. */
export interface Setting {
  /** Environment variable, `WATCHER_<AGENT>_<NAME>`; the flag is made from it: `--<agent>-<name>`. */
  readonly env: string;
  /** What it holds. */
  readonly type: SettingType;
  /** One line for --help and the README. */
  readonly help: string;
  /** Value when nothing is set; without it the agent sees undefined. */
  readonly default?: string | number | boolean | Readonly<Record<string, unknown>>;
  /** The program refuses to start without it: always, or under a condition. */
  readonly required?: boolean | Condition;
  /**
   * Never shown in logs or previews, and not taken from the command line. Besides `env` the variable `<env>_FILE` (flag `--<agent>-<name>-file`) names
   * a file that holds the value; white space around it is trimmed, and a changed file is picked up. Only for type `string`.
   */
  readonly secret?: boolean;
  /** Values that it may have, in lower case; only for type `string`. Default: any. */
  readonly choices?: readonly string[];
  /** Value that `preview` takes when nothing is set and the setting is required. */
  readonly sample?: string | number | boolean;
}

/** Settings by the name under which `context` and the templates see them. */
export type Settings = Readonly<Record<string, Setting>>;

/** TypeScript type of a setting's value. */
export type SettingValue<S extends { readonly type: SettingType }> = S["type"] extends "integer" ? number
  : S["type"] extends "boolean" ? boolean
  : S["type"] extends "object" ? Readonly<Record<string, unknown>>
  : string;

/** Values of the settings as the agent sees them: those with a default or `required: true` are always there. */
export type SettingValues<S extends Settings> = {
  readonly [K in keyof S]: S[K] extends { readonly required: true } | { readonly default: unknown } ? SettingValue<S[K]>
    : SettingValue<S[K]> | undefined;
};

/** Language of a template's output: decides how `<%= value %>` writes a value and how the result is parsed again. */
export type OutputFormat = "json" | "yaml" | "text";

/** A shipper's own configuration language, or one of those above with rules on top. Its functions are pure and run in the sandbox. */
export interface Language {
  /** What a file of it can be read back as by the host before it is written; default `text`: as nothing. */
  readonly like?: OutputFormat;
  /**
   * Writes a value as a complete literal, quotes included.
   *
   * @param value JSON data in which nothing is missing and every text is well-formed Unicode without U+0000.
   * @param like Writes a value as `like` does, for languages that differ from it in some characters only.
   * @throws {Error} If the value cannot be written; what is rendered fails then, for this container alone.
   */
  write(value: unknown, like: (value: unknown) => string): string;
  /** Reads a rendered file. @throws {Error} If it is not of the language. */
  check?(text: string): void;
}

/**
 * A file that a template renders.
 *
 * `path` starts with `{setting}`, a setting of type `directory` or `file`; after a folder come further parts in which
 * `{id}` is the container's id and `{name}` any text field of the context. A field fills in one path part: it must not be
 * empty, `.` or `..`, nor contain `/`.
 */
export interface FileOutput {
  /** File name of the template in the agent's folder. */
  readonly template: string;
  /** Language of the file: one that is built in, or the name of one of the agent's own `languages`. */
  readonly format: OutputFormat | (string & Record<never, never>);
  /** Rendered once per container, with its context as `it`; or once per node, with `{ node, settings, containers, ... }` as `it`. */
  readonly each: "container" | "node";
  /** Where it goes, a pattern as described above. */
  readonly path: string;
  /** File mode, default 0o640. */
  readonly mode?: number;
  /**
   * For `each: "node"` and formats that parse: key of the top-level list or object that must have one element per container, or `""` for the file as a
   * whole; a rendered file in which it has not is refused.
   */
  readonly list?: string;
  /** There is such a file only when this holds; one that was written before is removed then. Default: always. */
  readonly onlyIf?: Condition;
}

/** A symbolic link to the container's live log, once per container. */
export interface LinkOutput {
  /** Path of the link, as `path` of a file. */
  readonly link: string;
  /** Field of the context that holds the link's target instead of the live log; it must lie in the folders of container logs. */
  readonly to?: string;
  /** There are such links only when this holds; those that were made before are removed then. Default: always. */
  readonly onlyIf?: Condition;
}

/** Anything an agent writes. */
export type Output = FileOutput | LinkOutput;

/** What `context` gets besides the container. */
export interface Scope<S extends Settings = Settings> {
  /** The node. */
  readonly node: NodeContext;
  /** Values of the agent's settings. */
  readonly settings: SettingValues<S>;
  /**
   * Reports input of a pod that was not usable and replaced by a default; shown once, with the pod's name.
   * @param subject What was wrong, e.g. the annotation's name.
   * @param expected What was expected instead, e.g. `a JSON list of objects with "container" and "parser"`.
   */
  warn(subject: string, expected: string): void;
  /**
   * Reports a hint of this container that the shipper cannot express, wholly or in part, though the agent's `expresses` names it. What
   * `expresses` does not name is reported by the host.
   * @param why What is not done and why, e.g. `sampling of single lines: Datadog has no such rule`.
   */
  cannot(hint: HintName, why: string): void;
}

/** The default export of an agent's context.ts. */
export interface Agent<S extends Settings = Settings, C extends object = object> {
  /** One line: which shipper, and what is written. */
  readonly summary: string;
  /** Settings that the agent takes. */
  readonly settings: S;
  /** What it writes, by a name of its own choice. */
  readonly outputs: Readonly<Record<string, Output>>;
  /** Languages of outputs that are not built in, by name: lower-case letters, digits and `-`. */
  readonly languages?: Readonly<Record<string, Language>>;
  /** Hints of a container that it puts into its shipper's words; those that it does not name are reported where a pod gives them. */
  readonly expresses?: readonly HintName[];
  /** Seconds between two sets of writes at the least, default 0.25. */
  readonly minSecondsBetweenWrites?: number;
  /** The shipper's own check, if it has one that needs no running shipper. */
  readonly check?: ShipperCheck;
  /** How the shipper is told of changes, if it does not see them by itself. */
  readonly reload?: ShipperReload;
  /**
   * Makes the data of one container's templates. Pure; called for each container alone, so that a throw leaves out that container only.
   */
  context(target: LogTarget, scope: Scope<S>): C;
  /** Makes further data for `each: "node"` templates. Pure. */
  shared?(scope: Scope<S>): object;
}
