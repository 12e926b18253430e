/**
 * Turns whatever agent code threw into one line for an operator.
 *
 * @module
 */

/** Longest text that is kept of an error, in UTF-16 units. */
const MAX_LENGTH = 2000;

/** Where a text says where the mistake is. */
const PLACE = /\.(?:eta|ts|js):\d+/;

/**
 * Describes a thrown value, and where in the agent's folder it was thrown if that is not said already; permission errors of Deno lose their advice to add a
 * flag, which does not hold here.
 */
export function errorText(error: unknown): string {
  let text: string;
  try {
    text = error instanceof Error
      ? `${error.name === "Error" ? "" : error.name + ": "}${error.message}`
      : `threw ${shown(error)}, which is no Error`;
  } catch {
    text = `threw something (${typeof error}) that cannot be shown`;
  }
  return withoutFolder(PLACE.test(text) ? text : text.slice(0, MAX_LENGTH) + placeOf(error)).slice(0, MAX_LENGTH + 100);
}

/** Names the innermost place of the agent's own code, as ` (context.ts:3:5)`; empty if none is known. */
function placeOf(error: unknown): string {
  try {
    const stack = error instanceof Error ? error.stack : undefined;
    if (typeof stack !== "string") return "";
    const own = `file://${encodeURI(Deno.args[0]!)}/`;
    const frame = stack.slice(0, 10_000).split("\n").find((line) => line.includes(own));
    const [, place] = /^([\w./-]{1,60}:\d+:\d+)\)?$/.exec(frame?.split(own)[1] ?? "") ?? [];
    return place === undefined ? "" : ` (${place})`;
  } catch {
    return "";
  }
}

function withoutFolder(text: string): string {
  return text
    .replaceAll(/, run again with the --allow-[a-z]+ flag/g, ", which the sandbox does not give")
    // The copy that runs is not what its author knows.
    .replaceAll(`file://${Deno.args[0]}/`, "");
}

function shown(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}
