/**
 * The command line of the scale study.
 *
 * @module
 */
import { parseArgs } from "node:util";

/** What a study is asked to do. */
export interface ScaleOptions {
  /** Numbers of clients, rising. */
  readonly sizes: readonly number[];
  readonly steadySeconds: number;
  readonly isQuick: boolean;
  readonly output: "text" | "json";
  readonly name: string;
}

export const USAGE = `deno task bench:scale [--quick] [--clients N,N] [--seconds N] [--output text|json]

Runs the API clients of many nodes against a real API server, beside the predecessor's pattern. Needs root and the variable REALNODE_KIT,
which names the folder of a kit that makes nodes (default ../shared/realnode). Takes about 8 minutes.

  --quick        20 and 40 clients for 15 s; not for comparing
  --clients N,N  numbers of clients, default 50,100,200
  --seconds N    length of each steady state, default 30
  --output FORM  text (default), or json on stdout
  --name NAME    of the file of results in bench/results (artefacts/bench with --quick), default scale`;

/**
 * Reads the arguments.
 *
 * @throws {RangeError | TypeError} If they are not understood.
 */
export function parseScaleOptions(args: readonly string[]): ScaleOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: "boolean" },
      clients: { type: "string" },
      seconds: { type: "string" },
      output: { type: "string" },
      name: { type: "string" },
    },
  });
  const { quick = false, output = "text", name = "scale" } = values;
  const { clients = quick ? "20,40" : "50,100,200", seconds = quick ? "15" : "30" } = values;
  if (output !== "text" && output !== "json") throw new RangeError(`--output is ${output}; give text or json`);
  if (!/^[\w.-]+$/.test(name)) throw new RangeError(`--name is ${name}; give letters, digits, . _ and - only`);
  if (!(Number(seconds) >= 1)) throw new RangeError(`--seconds is ${seconds}; give a number of at least 1`);
  const sizes = clients.split(",").map(Number);
  if (!sizes.every((size) => Number.isSafeInteger(size) && size > 0)) {
    throw new RangeError(`--clients is ${clients}; give whole numbers above 0, separated by commas`);
  }
  return { sizes: sizes.sort((a, b) => a - b), steadySeconds: Number(seconds), isQuick: quick, output, name };
}
