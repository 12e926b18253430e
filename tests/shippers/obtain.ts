/**
 * Gets real shippers, once: what was downloaded or built stays in a cache outside of the repository.
 *
 * @module
 */
import { join } from "node:path";
import { CommandError, runCommand } from "./run_command.ts";

/** A shipper's files, or why they cannot be had here. */
export type Obtained = { readonly folder: string } | { readonly missing: string };

/** Debian's name of the folder of libraries, e.g. `x86_64-linux-gnu`. */
export const DEBIAN_LIBRARIES = `${Deno.build.arch}-linux-gnu`;

/** Milliseconds that one download may take. */
const DOWNLOAD_MS = 300_000;

/** Folder of all that was obtained: KLW_SHIPPER_CACHE, or ~/.cache/kube-log-watcher/shippers. */
export function cacheFolder(): string {
  const { KLW_SHIPPER_CACHE, HOME = "/tmp" } = Deno.env.toObject();
  return KLW_SHIPPER_CACHE || join(HOME, ".cache/kube-log-watcher/shippers");
}

/**
 * Gives the folder of what was obtained before, or obtains it.
 *
 * @param key Name of the folder; it should hold the version, so that another one is obtained anew.
 * @param make Fills the folder, which is empty; throws where it cannot. The folder bears another name until it is whole, so that nothing in it may
 * remember its own path.
 */
export async function obtain(key: string, make: (folder: string) => Promise<void>): Promise<Obtained> {
  const folder = join(cacheFolder(), key);
  if (await isFolder(folder)) return { folder };
  const unfinished = `${folder}.tmp-${crypto.randomUUID()}`;
  try {
    await Deno.mkdir(unfinished, { recursive: true });
    await make(unfinished);
    await Deno.rename(unfinished, folder);
    return { folder };
  } catch (error) {
    await Deno.remove(unfinished, { recursive: true }).catch(() => {});
    // Another run was faster.
    if (await isFolder(folder)) return { folder };
    return { missing: `${key} cannot be had: ${(error as Error).message}` };
  }
}

/**
 * Unpacks Debian packages into a folder of the cache; nothing is installed.
 *
 * @param key As of {@linkcode obtain}.
 * @param packages All that are needed and that a plain system does not have; dependencies are not followed.
 */
export function obtainDebianPackages(key: string, packages: readonly string[]): Promise<Obtained> {
  return obtain(key, async (folder) => {
    const downloads = join(folder, "downloads");
    await Deno.mkdir(downloads);
    await download(packages, downloads);
    for (const { name } of Deno.readDirSync(downloads)) {
      if (name.endsWith(".deb")) await runCommand(["dpkg", "-x", join(downloads, name), folder]);
    }
    await Deno.remove(downloads, { recursive: true });
  });
}

/**
 * Defines tests that need a shipper; where it cannot be had they are ignored, and the reason is printed.
 *
 * @param define Gets the folder, and defines tests with the function given instead of `Deno.test`.
 */
export function withShipper(obtained: Obtained, define: (folder: string, test: ShipperTest) => void): void {
  const ignore = "missing" in obtained;
  if (ignore) console.warn(`Tests are ignored: ${obtained.missing}`);
  define(ignore ? "/nonexistent" : obtained.folder, (name, fn) => Deno.test({ name, ignore, fn }));
}

/** Defines a test. */
export type ShipperTest = (name: string, fn: (t: Deno.TestContext) => Promise<void>) => void;

/** Downloads packages; with a list of packages of its own where the system's is missing or old. */
async function download(packages: readonly string[], folder: string): Promise<void> {
  const options = { cwd: folder, timeoutMs: DOWNLOAD_MS };
  try {
    await runCommand(["apt-get", "download", ...packages], options);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    for (const part of ["lists/partial", "archives/partial"]) await Deno.mkdir(join(folder, part), { recursive: true });
    const own = ["-o", `Dir::State::Lists=${join(folder, "lists")}`, "-o", `Dir::Cache=${folder}`];
    await runCommand(["apt-get", ...own, "update"], options);
    await runCommand(["apt-get", ...own, "download", ...packages], options);
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isDirectory;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
