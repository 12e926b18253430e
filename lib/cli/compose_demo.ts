/**
 * Runs the demo with the real program as its watcher.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { runDemo } from "../demo/demo.ts";
import type { DemoConfig, DemoOptions } from "./commands.ts";
import { readEnvironment } from "./environment.ts";
import { permissionFlags } from "./permissions.ts";
import { asStarted, STARTED_AS } from "./started_as.ts";
import { openTerminal } from "./terminal.ts";

const MAIN = fileURLToPath(new URL("../../main.ts", import.meta.url));

/** Runs the demo. @returns The exit code. */
export async function demo(config: DemoConfig, { keep, signal }: DemoOptions): Promise<number> {
  const terminal = openTerminal();
  // The settings of whoever starts the demo are not the demo's.
  const own = await readEnvironment([STARTED_AS]);
  const env = Object.fromEntries(
    Object.entries(await readEnvironment(["HOME", "PATH", "DENO_DIR"])).filter(([name]) =>
      !/^(WATCHER|CLUSTER|KUBE)/.test(name)
    ),
  );
  const isTrue = await runDemo({
    isDebug: config.isDebug,
    isColored: terminal.isOutColored,
    print: (text) => terminal.out(asStarted(text, own)),
    keep,
    signal,
    startWatcher: (args, more) =>
      new Deno.Command(Deno.execPath(), {
        args: ["run", ...permissionFlags(Deno.execPath()), MAIN, "watch", ...args],
        clearEnv: true,
        env: { ...env, ...more },
        stdin: "null",
        stdout: "null",
        stderr: "piped",
      }).spawn(),
  });
  return isTrue ? 0 : 1;
}
