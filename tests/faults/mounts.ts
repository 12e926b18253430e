/**
 * Mounts of tests, where this user may mount.
 *
 * @module
 */

/** Says why this user cannot mount; undefined if he can. */
export async function whyNoMounts(): Promise<string | undefined> {
  const folder = await Deno.makeTempDir();
  try {
    const why = await run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder);
    return why ?? await run("umount", folder);
  } finally {
    await Deno.remove(folder);
  }
}

/** Mounts a small file system at a folder, for the time of a test. */
export async function smallDisk(folder: string, { size }: { size: string }): Promise<AsyncDisposable> {
  await Deno.mkdir(folder, { recursive: true });
  await must("mount", "-t", "tmpfs", "-o", `size=${size}`, "tmpfs", folder);
  return { [Symbol.asyncDispose]: () => must("umount", folder) };
}

/** Makes a mounted folder read-only, or writable again. */
export async function remount(folder: string, mode: "ro" | "rw"): Promise<void> {
  await must("mount", "-o", `remount,${mode}`, folder);
}

async function must(command: string, ...args: string[]): Promise<void> {
  const why = await run(command, ...args);
  if (why !== undefined) throw new Error(`Cannot ${command} ${args.join(" ")}: ${why}`);
}

async function run(command: string, ...args: string[]): Promise<string | undefined> {
  try {
    const { success, stderr } = await new Deno.Command(command, { args, stdout: "null", stderr: "piped" }).output();
    return success ? undefined : new TextDecoder().decode(stderr).trim();
  } catch (error) {
    return String(error);
  }
}
