/**
 * The error of everything that goes wrong with an agent as a whole.
 *
 * @module
 */

/** An agent's child process did not give an answer that can be used. */
export class SandboxError extends Error {
  override name = "SandboxError";
  /** What went wrong: a limit that was overstepped, the end of the process, an answer out of form, or the agent's own failure. */
  readonly code: "time" | "memory" | "output" | "exit" | "protocol" | "failed" | "spawn";

  /** Id of the target that the process was at when it was ended for want of time; a hint, as the process may lie. */
  readonly atTarget: string | undefined;

  constructor(
    code: SandboxError["code"],
    message: string,
    options: ErrorOptions & { atTarget?: string | undefined } = {},
  ) {
    super(message, options);
    this.code = code;
    this.atTarget = options.atTarget;
  }
}
