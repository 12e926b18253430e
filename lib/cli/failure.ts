/**
 * What a user sees of an error, and the exit code it makes.
 *
 * @module
 */
import { ConfigError } from "../config/resolve.ts";
import { FindAgentsError } from "../render/find_agents.ts";
import { ClosedOutputError } from "./terminal.ts";

/** Exit codes: fine, failed, used wrongly. */
export const EXIT = { fine: 0, failed: 1, usage: 2 } as const;

/** The command line is not understood. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The command cannot work for a reason that was already said. */
export class AlreadyToldError extends Error {
  override readonly name = "AlreadyToldError";
}

/** An error as it is shown. */
export interface Failure {
  readonly exitCode: number;
  /** Text for stderr without a line end; empty: nothing. */
  readonly text: string;
}

/** Errors of these classes are defects or foreign; those with a class of their own were foreseen where they are thrown. */
const UNFORESEEN = new Set([
  "Error",
  "TypeError",
  "RangeError",
  "ReferenceError",
  "SyntaxError",
  "EvalError",
  "URIError",
  "AggregateError",
]);

/**
 * Describes an error for the user.
 * @param options.isDebug Whether stacks are shown.
 */
export function describeFailure(error: unknown, { isDebug }: { readonly isDebug: boolean }): Failure {
  if (error instanceof ClosedOutputError) return { exitCode: EXIT.fine, text: "" };
  if (error instanceof AlreadyToldError) return { exitCode: EXIT.failed, text: "" };
  const isUsage = [UsageError, ConfigError, FindAgentsError].some((wrong) => error instanceof wrong);
  const exitCode = isUsage ? EXIT.usage : EXIT.failed;
  if (isDebug && !isUsage) return { exitCode, text: `error: ${Deno.inspect(error, { colors: false })}` };
  if (!(error instanceof Error)) return { exitCode, text: `error: ${String(error)} (--debug shows more)` };
  const isForeseen = !UNFORESEEN.has(error.constructor.name);
  return {
    exitCode,
    text: isForeseen ? `error: ${error.message}` : `error: ${oneLine(error)} (--debug shows the stack)`,
  };
}

function oneLine(error: Error): string {
  return `${error.name}: ${error.message}`.replaceAll(/\s*[\r\n]+\s*/g, " ");
}
