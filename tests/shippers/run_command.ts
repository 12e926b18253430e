/**
 * Runs a command to its end, with a time limit.
 *
 * @module
 */

/** Options of {@linkcode runCommand}. */
export interface RunOptions {
  readonly cwd?: string;
  /** Added to the environment of the tests. */
  readonly env?: Readonly<Record<string, string>>;
  /** Milliseconds after which it is killed, default one minute. */
  readonly timeoutMs?: number;
}

/** What a command said. */
export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command failed, could not be started or took too long. */
export class CommandError extends Error {
  override name = "CommandError";
}

/** Characters of its output that a failure shows, from the end. */
const SHOWN_CHARACTERS = 2_000;

/**
 * Runs a command and returns its exit code, whatever it is.
 *
 * @throws {CommandError} If it cannot be started or takes too long.
 */
export async function tryCommand(
  [program, ...args]: readonly [string, ...string[]],
  { cwd, env = {}, timeoutMs = 60_000 }: RunOptions = {},
): Promise<CommandResult> {
  const late = AbortSignal.timeout(timeoutMs);
  const killed = Promise.withResolvers<never>();
  const onLate = () => killed.reject(new CommandError(`${program} ${args.join(" ")} took more than ${timeoutMs} ms`));
  let child: Deno.ChildProcess | undefined;
  try {
    const place = cwd === undefined ? {} : { cwd };
    child = new Deno.Command(program, { args, env, ...place, stdin: "null", stdout: "piped", stderr: "piped" }).spawn();
    late.addEventListener("abort", onLate);
    const { code, stdout, stderr } = await Promise.race([child.output(), killed.promise]);
    child = undefined;
    return { code, stdout: new TextDecoder().decode(stdout), stderr: new TextDecoder().decode(stderr) };
  } catch (cause) {
    if (cause instanceof CommandError) throw cause;
    throw new CommandError(`Cannot run ${program}: ${(cause as Error).message}`, { cause });
  } finally {
    late.removeEventListener("abort", onLate);
    child?.kill("SIGKILL");
  }
}

/**
 * Runs a command that must succeed.
 *
 * @throws {CommandError} If it cannot be started, takes too long or ends with another code than 0; with the end of what it said.
 */
export async function runCommand(command: readonly [string, ...string[]], options: RunOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await tryCommand(command, options);
  if (code === 0) return stdout;
  throw new CommandError(`${command.join(" ")} ended with ${code}: ${(stdout + stderr).slice(-SHOWN_CHARACTERS)}`);
}
