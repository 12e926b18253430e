/**
 * Starts one of the program's own short processes, which may do what the watcher itself may not.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { SANDBOX_ENVIRONMENT } from "../render/sandbox_flags.ts";

/** Files that are started. */
export type OwnFile = "run_program.ts" | "send_signal.ts";

/** Options of {@linkcode startOwnChild}. */
export interface OwnChildOptions {
  /** Permission flags of `deno run`. */
  readonly permissions: readonly string[];
  readonly args: readonly string[];
  readonly stdin: "null" | "piped";
  /** Path of Deno, default this process's own. */
  readonly denoPath?: string | undefined;
}

/** Starts the process with stdout piped: no configuration, no packages, no code from elsewhere, a cleared environment. */
export function startOwnChild(file: OwnFile, options: OwnChildOptions): Deno.ChildProcess {
  const { permissions, args, stdin, denoPath = Deno.execPath() } = options;
  const flags = ["--quiet", "--no-prompt", "--no-config", "--no-lock", "--node-modules-dir=none"];
  const noCode = ["--cached-only", "--no-remote", "--no-npm", "--no-code-cache"];
  const path = fileURLToPath(new URL(`./runtime/${file}`, import.meta.url));
  return new Deno.Command(denoPath, {
    args: ["run", ...flags, ...noCode, ...permissions, path, ...args],
    clearEnv: true,
    env: { ...SANDBOX_ENVIRONMENT },
    stdin,
    stdout: "piped",
    stderr: "null",
  }).spawn();
}

/** Ends a process that may have ended already. */
export function endChild(child: Deno.ChildProcess) {
  try {
    child.kill("SIGKILL");
  } catch {
    // It has ended already.
  }
}
