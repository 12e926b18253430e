/**
 * Starts the program as a user without rights: permission bits do not stop root.
 *
 * @module
 */
import { join } from "node:path";
import type { Scene } from "../e2e/scene.ts";
import type { WatcherProcessOptions } from "../e2e/watcher_process.ts";

/** Number of the user nobody and of its group. */
const NOBODY = 65534;
const AS_NOBODY = ["setpriv", "--reuid", String(NOBODY), "--regid", String(NOBODY), "--clear-groups"];

/** Says why the program cannot run as a user without rights here; undefined if it can. */
export function whyNotWithoutRights(): string | undefined {
  if (Deno.uid() !== 0) return undefined;
  const [command, ...args] = [...AS_NOBODY, Deno.execPath(), "--version"];
  try {
    const { success, stderr } = new Deno.Command(command!, { args, stdout: "null", stderr: "piped" }).outputSync();
    return success ? undefined : new TextDecoder().decode(stderr).trim();
  } catch (error) {
    return String(error);
  }
}

/** Gives a scene to the user without rights, if this is root, and returns what starts the program as that user. */
export async function withoutRights(scene: Scene): Promise<WatcherProcessOptions> {
  if (Deno.uid() !== 0) return {};
  const home = join(scene.folder, "home");
  await Deno.mkdir(home);
  await own(scene.folder);
  return { under: AS_NOBODY, env: { HOME: home, DENO_DIR: home } };
}

/** Gives a path and everything below it to the user without rights, if this is root; links, not what they lead to. */
export async function own(path: string): Promise<void> {
  if (Deno.uid() !== 0) return;
  const { success } = await new Deno.Command("chown", { args: ["-hR", `${NOBODY}:${NOBODY}`, path] }).output();
  if (!success) throw new Error(`Cannot give ${path} to nobody`);
}
