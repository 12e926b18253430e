/**
 * promtool of Debian, as the tests run it.
 *
 * @module
 */
import { join } from "node:path";
import { obtainDebianPackages } from "../obtain.ts";
import { tryCommand } from "../run_command.ts";

/** The package, unpacked: promtool needs no other. */
export const PROMETHEUS = await obtainDebianPackages("debian-bookworm-prometheus", ["prometheus"]);

/**
 * Runs promtool.
 *
 * @param folder Where it was unpacked.
 * @param options.input File that it reads as its standard input.
 * @returns Its exit code, and everything that it printed.
 */
export async function promtool(
  folder: string,
  args: readonly string[],
  { input = "/dev/null" }: { readonly input?: string } = {},
): Promise<{ readonly code: number; readonly text: string }> {
  const program = join(folder, "usr/bin/promtool");
  const { code, stdout, stderr } = await tryCommand([
    "/bin/sh",
    "-c",
    'input=$1; shift; exec "$0" "$@" <"$input"',
    program,
    input,
    ...args,
  ]);
  return { code, text: stdout + stderr };
}
