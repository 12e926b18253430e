/**
 * What one agent's lane says in the log: each change, and each thing that is wrong once.
 *
 * @module
 */
import { dirname } from "node:path";
import type { LogTarget } from "../join/log_target.ts";
import type { Log } from "../observe/log.ts";
import { hintWords } from "../render/unexpressed.ts";
import type { Configured } from "./reconcile.ts";

/** Options of {@linkcode LaneReport}. */
export interface LaneReportOptions {
  readonly agent: string;
  readonly log: Log;
}

/** What an attempt was about. */
export interface Reported {
  readonly targets: readonly LogTarget[];
  readonly reasons: readonly string[];
}

/** Operations that are logged one by one; of more only the numbers. */
const MAX_LOGGED = 20;

/** Reports one agent's attempts. */
export class LaneReport {
  readonly #options: LaneReportOptions;
  #warned = new Map<string, string>();

  constructor(options: LaneReportOptions) {
    this.#options = options;
  }

  /** Reports what was done, and what is wrong now and was not before. */
  write({ rendering, applied }: Configured, wanted: Reported) {
    const { agent, log } = this.#options;
    const because = wanted.reasons.join(", ");
    const { operations, failures } = applied;
    const folders = new Set(operations.map(({ path }) => dirname(path)));
    // Folders come and go with what lies in them.
    const shown = operations.filter(({ kind, path }) => kind !== "directory" && !folders.has(path));
    for (const { path, kind, reason } of shown.length > MAX_LOGGED ? [] : shown) {
      log.info(`${agent}: ${reason}`, { agent, path, kind, because });
    }
    if (shown.length > MAX_LOGGED) log.info(`${agent}: ${shown.length} files and links changed`, { agent, because });
    const said = new Map<string, string>();
    const say = (key: string, message: string) => {
      said.set(key, message);
      if (this.#warned.get(key) !== message) log.warn(message, { agent });
    };
    for (const { path, reason } of failures) say(`file ${path}`, `${agent}: ${reason}`);
    for (const { targetId, reason } of rendering.refused) say(`target ${targetId}`, reason);
    for (const { targetId, subject, expected } of rendering.warnings) {
      say(
        `warning ${targetId} ${subject}`,
        `${agent}: ${subject} of ${
          nameOf(targetId, wanted)
        } is not usable as it is: its default is taken, or the faulty part left out; expected: ${expected}`,
      );
    }
    for (const { targetId, hint, reason } of rendering.unexpressed) {
      // Once for all containers that it is so for: which they are changes all the time.
      const key = `unexpressed ${hint} ${reason}`;
      if (said.has(key)) continue;
      say(
        key,
        this.#warned.get(key) ??
          `${agent}: ${hintWords(hint)} cannot be expressed: ${reason}; e.g. for ${nameOf(targetId, wanted)}`,
      );
    }
    this.#warned = said;
  }
}

function nameOf(targetId: string, { targets }: Reported): string {
  const target = targets.find(({ id }) => id === targetId);
  return target ? `${target.pod.namespace}/${target.pod.name}, container ${target.container.name}` : targetId;
}
