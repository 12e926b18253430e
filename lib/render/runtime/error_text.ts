/**
 * Turns whatever agent code threw into one line for an operator.
 *
 * @module
 */

/** Longest text that is kept of an error, in UTF-16 units. */
const MAX_LENGTH = 2000;

/** Describes a thrown value; permission errors of Deno lose their advice to add a flag, which does not hold here. */
export function errorText(error: unknown): string {
  let text: string;
  try {
    text = error instanceof Error
      ? `${error.name === "Error" ? "" : error.name + ": "}${error.message}`
      : `threw ${shown(error)}, which is no Error`;
  } catch {
    text = `threw something (${typeof error}) that cannot be shown`;
  }
  return text
    .replaceAll(/, run again with the --allow-[a-z]+ flag/g, ", which the sandbox does not give")
    // The copy that runs is not what its author knows.
    .replaceAll(`file://${Deno.args[0]}/`, "")
    .slice(0, MAX_LENGTH);
}

function shown(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}
