/**
 * A short process that runs one program and tells what came of it: `run_program.ts <program> <folder> <search path> [<argument>...]`.
 *
 * May run that program and nothing else. Writes two lines of JSON: `{ pid }` once the program runs, in a group of processes of its own so that it can be
 * ended with all that it started; and {@linkcode ProgramEnd} when it has ended. When its own stdin ends, the host is gone, and the program is ended.
 *
 * @module
 */

/** How a program ended. */
export interface ProgramEnd {
  readonly code: number;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Whether something that it started still holds its output open. */
  readonly isLeft: boolean;
}

/** Bytes that are kept of each output. */
const MAX_BYTES = 16 * 1024;
/** Time for the outputs to end after the program, milliseconds. */
const OUTPUT_MS = 500;

const [program, folder, searchPath, ...args] = Deno.args;
const child = new Deno.Command(program!, {
  args,
  cwd: folder!,
  clearEnv: true,
  env: { PATH: searchPath! },
  stdin: "null",
  stdout: "piped",
  stderr: "piped",
  detached: true,
}).spawn();
say({ pid: child.pid });
const hostGone = endWithHost();
const stdout = keepStart(child.stdout);
const stderr = keepStart(child.stderr);
const { code, signal } = await child.status;
let timer: ReturnType<typeof setTimeout> | undefined;
const late = new Promise<true>((resolve) => timer = setTimeout(() => resolve(true), OUTPUT_MS));
const isLeft = await Promise.race([Promise.all([stdout.done, stderr.done]).then(() => false), late]);
clearTimeout(timer);
say({ code, signal, stdout: stdout.text(), stderr: stderr.text(), isLeft } satisfies ProgramEnd);
void hostGone;
Deno.exit(0);

function say(value: object) {
  const bytes = new TextEncoder().encode(JSON.stringify(value) + "\n");
  for (let done = 0; done < bytes.length;) done += Deno.stdout.writeSync(bytes.subarray(done));
}

/** Ends the program when the host does not hold this process any more. */
async function endWithHost() {
  for await (const _ of Deno.stdin.readable);
  try {
    child.kill("SIGKILL");
  } catch {
    // It has ended already.
  }
  Deno.exit(1);
}

/** Keeps the start of an output and lets the rest pass, so that the program never waits for a reader. */
function keepStart(stream: ReadableStream<Uint8Array>): { done: Promise<void>; text: () => string } {
  const kept = new Uint8Array(MAX_BYTES);
  let length = 0;
  const read = async () => {
    for await (const chunk of stream) {
      const part = chunk.subarray(0, MAX_BYTES - length);
      kept.set(part, length);
      length += part.length;
    }
  };
  return { done: read(), text: () => new TextDecoder().decode(kept.subarray(0, length)) };
}
