/**
 * The command line of the bench.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { type Layout, LAYOUTS } from "./bench_pods.ts";

/** What can be measured, in the order in which it is. */
export const FIGURES = ["first-sync", "changes", "cold-changes", "burst", "full-scan", "idle"] as const;

/** Name of something that is measured. */
export type Figure = typeof FIGURES[number];

/** What a bench is asked to do. */
export interface BenchOptions {
  readonly only: readonly Figure[];
  /** Numbers of containers. */
  readonly sizes: readonly number[];
  readonly layouts: readonly Layout[];
  readonly isQuick: boolean;
  readonly output: "text" | "json";
  /** Name of the files of results, without their endings. */
  readonly name: string;
  /** Folder in which profiles are written instead of measuring; undefined to measure. */
  readonly profile: string | undefined;
}

const SIZES = [30, 250, 1_000, 4_000, 10_000];

export const USAGE =
  `deno task bench [--quick] [--only FIGURES] [--sizes N,N] [--layouts cri,docker] [--output text|json]

Measures the program as a whole process, on simulated nodes. The tables go to stdout, progress to stderr, and everything to
bench/results/NAME.json (artefacts/bench with --quick) with plots beside it. Takes about 11 minutes.

  --quick          fewer repetitions, 250 and 1,000 containers only: about 3 minutes; not for comparing
  --only FIGURES   of ${FIGURES.join(", ")}; separated by commas
  --sizes N,N      numbers of containers, default ${SIZES.join(",")}
  --layouts NAMES  cri, docker, or both (default), separated by commas
  --output FORM    text (default), or json on stdout
  --name NAME      of the files of results, default latest; quick with --quick
  --profile DIR    write profiles and heap snapshots of a first sync there instead, and say where the time went`;

/**
 * Reads the arguments.
 *
 * @throws {RangeError | TypeError} If they are not understood.
 */
export function parseBenchOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: "boolean" },
      only: { type: "string" },
      sizes: { type: "string" },
      layouts: { type: "string" },
      output: { type: "string" },
      name: { type: "string" },
      profile: { type: "string" },
    },
  });
  const { quick: isQuick = false, output = "text", name = isQuick ? "quick" : "latest" } = values;
  if (output !== "text" && output !== "json") throw new RangeError(`--output is ${output}; give text or json`);
  if (!/^[\w.-]+$/.test(name)) throw new RangeError(`--name is ${name}; give letters, digits, . _ and - only`);
  return {
    only: choices(values.only, { flag: "--only", known: FIGURES }),
    sizes: values.sizes === undefined ? (isQuick ? [250, 1_000] : SIZES) : sizes(values.sizes),
    layouts: choices(values.layouts, { flag: "--layouts", known: LAYOUTS }),
    isQuick,
    output,
    name,
    profile: values.profile,
  };
}

function choices<T extends string>(
  text: string | undefined,
  { flag, known }: { flag: string; known: readonly T[] },
): readonly T[] {
  if (text === undefined) return known;
  const names = text.split(",");
  const unknown = names.find((name) => !known.some((one) => one === name));
  if (unknown !== undefined) throw new RangeError(`${flag} has ${unknown}; give some of ${known.join(", ")}`);
  return known.filter((one) => names.includes(one));
}

function sizes(text: string): readonly number[] {
  const numbers = text.split(",").map(Number);
  if (numbers.every((number) => Number.isSafeInteger(number) && number > 0)) return numbers.sort((a, b) => a - b);
  throw new RangeError(`--sizes is ${text}; give whole numbers above 0, separated by commas`);
}
