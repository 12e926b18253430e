/**
 * What the command line asks of the rest of the program; compose.ts builds the real thing.
 *
 * @module
 */
import type { AgentConfig, Config } from "../config/config.ts";
import type { NodeReport, Wanted } from "../inspect/node_report.ts";
import type { PageSubject } from "../page/page_content.ts";
import type { AgentDescription } from "../render/agent_description.ts";
import type { NodeSnapshot } from "./node_snapshot.ts";

/** The work behind the commands. */
export interface Commands {
  /**
   * Lists the agents that can be selected: built-in ones, and those in further folders.
   * @param agentsPath Absolute folders that hold agent folders.
   * @returns Absolute folder by agent name.
   */
  knownAgents(agentsPath: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /**
   * Has agents describe themselves, each in its sandbox.
   * @param folders Absolute folder by agent name.
   * @returns Descriptions in the order of `folders`; rejects with an error that names the agent.
   */
  describe(folders: ReadonlyMap<string, string>): Promise<readonly AgentDescription[]>;
  /** Keeps the agents' files true until the signal. @returns The exit code. */
  watch(config: Config, options: WatchOptions): Promise<number>;
  /** Renders everything and writes nothing. */
  preview(config: Config, options: PreviewOptions): Promise<PreviewResult>;
  /** Opens what the preview page shows. */
  openPage(configured: ConfiguredAgents, options: PageOptions): Promise<PageView>;
  /** Tells what the running watcher knows of the node, or what one would find. */
  report(config: Config, options: ReportOptions): Promise<NodeReport>;
  /** Asks the running watcher that has a state folder; undefined if there is none. @param wanted As of {@linkcode ReportOptions}. */
  ask(statePath: string, wanted?: Wanted): Promise<NodeReport | undefined>;
  /** Tries the one agent of a configuration with sample and hostile containers; rejects if it fails as a whole. */
  checkAgent(config: Config, options?: { readonly snapshot?: NodeSnapshot | undefined }): Promise<AgentTrial>;
  /** Records the node: the disk and the API that the configuration names. */
  record(config: Config, options: { readonly signal: AbortSignal }): Promise<Omit<NodeSnapshot, "settings" | "rules">>;
  /** Runs the watcher on a simulated node. @returns The exit code. */
  demo(config: DemoConfig, options: DemoOptions): Promise<number>;
}

/** Options of {@linkcode Commands.watch}. */
export interface WatchOptions {
  /** Whether to end after one complete pass. */
  readonly once: boolean;
  /** Ends the watch after the write in progress. */
  readonly signal: AbortSignal;
  /** Selected agents that could not be described, by name: each gives its configuration once it can; rejects until then. */
  readonly late?: ReadonlyMap<string, () => Promise<AgentConfig>>;
  /** The configuration file; undefined: there is none. */
  readonly file?: {
    /** Contents that the configuration was made from. */
    readonly text: string;
    /** Gives the configuration anew, as the file says now; rejects if it is not usable. */
    readonly reconfigure: () => Promise<Config>;
  } | undefined;
}

/** Options of {@linkcode Commands.preview}. */
export interface PreviewOptions {
  /** What is looked at: the recorded node that comes with the project, the disk and API that the configuration names, or a node that somebody recorded. */
  readonly source: "sample" | "real" | NodeSnapshot;
  /** Whether files are compared with those on disk: then `change` and `before` are filled in. */
  readonly diff: boolean;
  readonly signal: AbortSignal;
}

/** A configuration, and the selected agents that are not in it. */
export interface ConfiguredAgents {
  readonly config: Config;
  readonly failed: readonly { readonly name: string; readonly folder: string; readonly error: Error }[];
}

/** Options of {@linkcode Commands.openPage}. */
export interface PageOptions extends Pick<PreviewOptions, "source" | "signal"> {
  /** Gives the configuration anew, as files say now; rejects if it is not usable. */
  readonly reconfigure: () => Promise<ConfiguredAgents>;
}

/** What the preview page shows. */
export interface PageView extends PageSubject {
  /** Folders of the agents, absolute. */
  readonly folders: readonly string[];
  /** Tells whether the folder of an agent was changed and not taken in yet. */
  isBehind(): boolean;
}

/** Options of {@linkcode Commands.demo}. */
export interface DemoOptions {
  /** Whether to go on after the demonstration until the signal. */
  readonly keep: boolean;
  readonly signal: AbortSignal;
}

/** The part of the configuration that the demo takes; the rest is its own. */
export type DemoConfig = Pick<Config, "isDebug" | "logFormat">;

/** A file or link that would be written, with `***` in the place of every secret, also in what the disk holds. */
export interface PreviewFile {
  readonly path: string;
  readonly kind: "file" | "link";
  /** Of a file. */
  readonly contents?: string;
  /** Of a link. */
  readonly target?: string;
  /** Of a file, octal, e.g. `0640`. */
  readonly mode?: string;
  /** Compared with the disk; only when asked for. */
  readonly change?: "created" | "updated" | "unchanged" | "removed";
  /** What the disk holds now: contents of a file, target of a link. */
  readonly before?: string;
  /** Mode of the file on disk, where it is another than the wanted one. */
  readonly modeBefore?: string;
}

/** Options of {@linkcode Commands.report}. */
export interface ReportOptions {
  /** Containers to tell all of; undefined: all, without details. */
  readonly wanted: Wanted | undefined;
  readonly signal: AbortSignal;
}

/** What came of trying one agent. */
export interface AgentTrial {
  /** Containers of the sample node. */
  readonly containers: number;
  readonly files: number;
  readonly links: number;
  readonly refused: readonly { readonly name: string; readonly reason: string }[];
  readonly warnings: readonly string[];
  /** Whether another order of the containers makes the same bytes. */
  readonly isDeterministic: boolean;
  /** Containers whose texts are hostile, and those that were not rendered. */
  readonly hostile: {
    readonly containers: number;
    readonly refused: readonly { readonly text: string; readonly reason: string }[];
  };
}

/** What one agent would write. */
export interface PreviewAgent {
  readonly name: string;
  readonly files: readonly PreviewFile[];
  readonly refused: readonly { readonly pod: string; readonly reason: string }[];
  readonly warnings: readonly string[];
  readonly unexpressed: readonly PreviewUnexpressed[];
}

/** A wish of a container that an agent cannot put into its shipper's words. */
export interface PreviewUnexpressed {
  readonly pod: string;
  readonly container: string;
  /** Name of the hint, e.g. `sampling-rules`. */
  readonly hint: string;
  readonly reason: string;
}

/** A container with its state. */
export interface PreviewContainer {
  readonly key: string;
  /** `<namespace>/<name>`, or what is known of it. */
  readonly pod: string;
  readonly container: string;
  readonly state: "collected" | "excluded" | "waiting" | "failed" | "not-followed";
  /** Sentence without a full stop; empty for collected ones. */
  readonly reason: string;
}

/** What a preview found. */
export interface PreviewResult {
  readonly agents: readonly PreviewAgent[];
  readonly containers: readonly PreviewContainer[];
  /** What is wrong with the annotations of pods, sentences without a full stop. */
  readonly problems: readonly { readonly kind: string; readonly text: string }[];
  /** What was looked at, for people. */
  readonly source: string;
}
