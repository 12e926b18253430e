/**
 * Runs the program as a process.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { permissionFlags } from "../../lib/cli/permissions.ts";

/** Options of {@linkcode runProgram}. */
export interface RunProgramOptions {
  /** Environment besides what Deno needs. */
  readonly env?: Readonly<Record<string, string>>;
  /** Flags of `deno run`, default all that the program needs. */
  readonly flags?: readonly string[];
  /** Main module, default the one with the double behind its commands. */
  readonly main?: URL;
}

/** What came of a process. */
export interface ProgramResult {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** The real main module. */
export const REAL_MAIN = new URL("../../main.ts", import.meta.url);

/** Makes the command of the program. */
export function programCommand(args: readonly string[], options: RunProgramOptions = {}): Deno.Command {
  const { env = {}, flags = permissionFlags(Deno.execPath()) } = options;
  const main = options.main ?? new URL("./command_double_main.ts", import.meta.url);
  const kept = ["PATH", "HOME", "DENO_DIR"].flatMap((name) => Deno.env.has(name) ? [[name, Deno.env.get(name)!]] : []);
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", ...flags, fileURLToPath(main), ...args],
    clearEnv: true,
    env: { ...Object.fromEntries(kept), ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
}

/** Runs the program to its end. */
export async function runProgram(args: readonly string[], options: RunProgramOptions = {}): Promise<ProgramResult> {
  const { code, stdout, stderr } = await programCommand(args, options).output();
  const decoder = new TextDecoder();
  return { code, out: decoder.decode(stdout), err: decoder.decode(stderr) };
}
