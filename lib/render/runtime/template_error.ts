/**
 * Says of an error in a template where it is: `<file>:<line>: <what is wrong>`.
 *
 * @module
 */

/** Longest line of a template that is quoted, in UTF-16 units. */
const MAX_LINE = 200;
const QUOTE = "; the line is: ";

/**
 * Puts the place before the message of what a template threw, and the line behind it; of nested includes each adds its own place, the
 * innermost last, and the innermost the line.
 */
export function runtimeError(
  error: unknown,
  { file, line, source }: { readonly file: string; readonly line: number; readonly source: string },
): Error {
  const message = error instanceof Error ? error.message : `threw ${String(error)}`;
  const text = source.split("\n")[line - 1]?.trim().slice(0, MAX_LINE) ?? "";
  const quoted = text === "" || message.includes(QUOTE) ? "" : `${QUOTE}${text}`;
  return new Error(`${file}:${line}: ${message}${quoted}`, { cause: error });
}

/** Finds the place of what keeps a template from being compiled. @param body What Eta made of it, as JavaScript; undefined if it came not so far. */
export function compileError(
  error: unknown,
  { file, source, body }: { readonly file: string; readonly source: string; readonly body: string | undefined },
): Error {
  if (!(error instanceof Error) || error.name !== "EtaParser Error") return error as Error;
  const [whole, problem, line, column] = /^(.*) at line (\d+) col (\d+):/.exec(error.message) ?? [];
  if (whole !== undefined) return syntaxError(`${file}:${line}:${column}: ${problem}`, error);
  const why = body === undefined ? undefined : whyNoFunction(body);
  if (body === undefined || why === undefined) return syntaxError(`${file}: ${error.message.split("\n")[0]}`, error);
  const lastLine = source.trimEnd().split("\n").length;
  // Eta ends the JavaScript with one.
  if (why === "Unexpected token 'catch'") {
    return syntaxError(`${file}:${lastLine}: A block is open at the end, <% } %> is missing`, error);
  }
  return syntaxError(`${file}:${lineOf(body, why) ?? lastLine}: ${why}`, error);
}

function syntaxError(message: string, cause: Error): Error {
  return new SyntaxError(message, { cause });
}

/** Finds the line of the template up to which its JavaScript must be read to fail as the whole does: V8 does not tell. */
function lineOf(body: string, why: string): number | undefined {
  const starts = [...body.matchAll(/^__eta\.line=(\d+)$/gm)];
  for (const [index, [, line]] of starts.entries()) {
    const next = starts[index + 1]?.index;
    if (next !== undefined && whyNoFunction(body.slice(0, next)) === why) return Number(line);
  }
  const last = starts.at(-1);
  return last && Number(last[1]);
}

function whyNoFunction(body: string): string | undefined {
  try {
    new Function("it", "options", body);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
