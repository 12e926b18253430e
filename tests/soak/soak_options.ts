/**
 * The command line of the soak.
 *
 * @module
 */
import { parseArgs } from "node:util";

/** What a soak is asked to do. */
export interface SoakOptions {
  /** Length in minutes, start and end included; about. */
  readonly minutes: number;
  /** Pods that have to come and go, however long that takes; 0 for as many as do within the minutes. */
  readonly pods: number;
  readonly seed: number;
  readonly output: "text" | "json";
}

export const USAGE = `deno task soak [--minutes N | --pods N] [--seed N] [--output text|json]

Has the program follow a simulated node on which pods come and go, and checks state, memory, files and processes.

  --minutes N    length, at least 1.5, default 2
  --pods N       as long as it takes until that many pods came and went, e.g. 10000: some 6 minutes
  --seed N       repeats a run, as far as time lets it; default by chance
  --output FORM  text (default), or json on stdout with progress on stderr`;

/**
 * Reads the arguments.
 *
 * @throws {RangeError | TypeError} If they are not understood.
 */
export function parseSoakOptions(args: readonly string[]): SoakOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: "string" },
      pods: { type: "string" },
      seed: { type: "string" },
      output: { type: "string" },
    },
  });
  const { minutes = "2", pods = "0", seed = String(Date.now() % 1_000_000), output = "text" } = values;
  if (output !== "text" && output !== "json") throw new RangeError(`--output is ${output}; give text or json`);
  if (!(Number(minutes) >= 1.5)) throw new RangeError(`--minutes is ${minutes}; give a number of at least 1.5`);
  if (!/^\d+$/.test(pods)) throw new RangeError(`--pods is ${pods}; give a whole number`);
  if (!Number.isSafeInteger(Number(seed))) throw new RangeError(`--seed is ${seed}; give a whole number`);
  return { minutes: Number(minutes), pods: Number(pods), seed: Number(seed), output };
}
