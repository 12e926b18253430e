/**
 * A promise about all inputs of some kind, tried with random ones.
 *
 * @module
 */
import * as fc from "fast-check";

/** Time that is spent on one round, making the case that failed smaller included, in milliseconds. */
const ROUND_MS = 30_000;

/** Options of a run. */
export interface RunOptions {
  readonly seed: number;
  /** Cases to try at the least. */
  readonly cases: number;
  /** Whether the case that failed is made smaller, which takes up to half a minute; default true. */
  readonly shrinks?: boolean;
  /** Hears how many cases were tried so far. */
  readonly onProgress?: (cases: number) => void;
}

/** What came of a run. */
export interface Outcome {
  readonly cases: number;
  /** The smallest input found for which the promise does not hold, and how. */
  readonly failure?: { readonly value: unknown; readonly message: string; readonly seed: number };
}

/** A promise that can be tried. */
export interface Property {
  /** Sentence that says what holds. */
  readonly name: string;
  /** Part of the program that it is about; found cases are kept under this name. */
  readonly subject: string;
  /** Short name for tables. */
  readonly label: string;
  /** Tries it with random inputs. */
  run(options: RunOptions): Promise<Outcome>;
  /** Tries it with one input; throws if it does not hold. */
  check(value: unknown): Promise<void>;
}

/** Makes a property. */
export function property<T>({ name, subject, label = subject, arbitrary, check, casesIn = () => 1, inRound = 50 }: {
  readonly name: string;
  readonly subject: string;
  /** Default: the subject. */
  readonly label?: string;
  readonly arbitrary: fc.Arbitrary<T>;
  /** Throws when the promise does not hold for the value. */
  readonly check: (value: T) => void | Promise<void>;
  /** Number of cases that a value is, default 1. */
  readonly casesIn?: (value: T) => number;
  /** Values that are tried before the number of cases is looked at again, default 50. */
  readonly inRound?: number;
}): Property {
  return {
    name,
    subject,
    label,
    check: async (value) => await check(value as T),
    async run({ seed, cases, shrinks = true, onProgress }) {
      let tried = 0;
      const counted = fc.asyncProperty(arbitrary, async (value) => {
        await check(value);
        tried += casesIn(value);
      });
      for (let round = 0; tried < cases; round++) {
        const roundSeed = (seed + round) | 0;
        const options = {
          seed: roundSeed,
          numRuns: inRound,
          endOnFailure: !shrinks,
          interruptAfterTimeLimit: ROUND_MS,
        };
        const details = await fc.check(counted, options);
        onProgress?.(tried);
        if (!details.failed) continue;
        const value = details.counterexample?.[0];
        return { cases: tried, failure: { value, message: messageOf(details.errorInstance), seed: roundSeed } };
      }
      return { cases: tried };
    },
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.stack ?? error.message : String(error);
}
