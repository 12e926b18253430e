/**
 * Stdout and stderr.
 *
 * @module
 */

/** Where the program writes to people and to other programs. */
export interface Terminal {
  /** Writes a result. */
  out(text: string): Promise<void>;
  /** Writes a line about the work, on stderr. */
  note(line: string): Promise<void>;
  /** Whether results may be coloured: a terminal, and NO_COLOR is not set. */
  readonly isOutColored: boolean;
  /** The same for stderr. */
  readonly isErrColored: boolean;
  /** Whether control characters in results reach a screen. */
  readonly isOutScreen: boolean;
}

/** The reader of stdout went away, as `head` does: nothing failed, there is just nothing left to do. */
export class ClosedOutputError extends Error {
  override readonly name = "ClosedOutputError";
}

/** Opens the process's own stdout and stderr. */
export function openTerminal(): Terminal {
  const isOutScreen = Deno.stdout.isTerminal();
  return {
    out: (text) => writeAll(Deno.stdout, text),
    note: (line) => writeAll(Deno.stderr, line + "\n"),
    // Deno reads NO_COLOR itself, without permission for the environment.
    isOutColored: isOutScreen && !Deno.noColor,
    isErrColored: Deno.stderr.isTerminal() && !Deno.noColor,
    isOutScreen,
  };
}

/** @throws {ClosedOutputError} If the reader is gone. */
async function writeAll(stream: typeof Deno.stdout, text: string): Promise<void> {
  let rest = new TextEncoder().encode(text);
  try {
    while (rest.length > 0) rest = rest.subarray(await stream.write(rest));
  } catch (cause) {
    if (!(cause instanceof Deno.errors.BrokenPipe)) throw cause;
    throw new ClosedOutputError("The reader of the output is gone", { cause });
  }
}
