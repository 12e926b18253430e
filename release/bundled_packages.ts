/**
 * The packages that go into the npm package: those that deno.lock fixes, as Deno has installed and checked them, so that users run what was tested and
 * nothing newer.
 *
 * @module
 */
import { join } from "node:path";

/** Packages as deno.lock has them, by `name@version`, with `_` and the peers behind it where there are any. */
export type DenoLock = Readonly<
  Record<string, { readonly dependencies?: readonly string[]; readonly optionalDependencies?: readonly string[] }>
>;

/** What is for compilers, debuggers and readers. */
const NOT_NEEDED = /\.(d\.[cm]?ts|map|md)$/;

/**
 * Lists packages with all that they need, their versions by name.
 *
 * @throws {Error} If the lock has not what is needed, or has it in two versions, which one folder cannot hold.
 */
export function lockedPackages(names: readonly string[], lock: DenoLock): ReadonlyMap<string, string> {
  const known = new Map<string, { readonly version: string; readonly needs: readonly string[] }>();
  for (const [key, { dependencies = [], optionalDependencies = [] }] of Object.entries(lock)) {
    const [, name, version] = /^(@?[^@]+)@([^_]+)/.exec(key)!;
    if (known.has(name!)) throw new Error(`deno.lock has two versions of ${name}`);
    const needs = [...dependencies, ...optionalDependencies].map((text) => /^@?[^@]+/.exec(text)![0]);
    known.set(name!, { version: version!, needs });
  }
  const found = new Map<string, string>();
  const wanted = new Set(names);
  // A set goes on to what is added meanwhile.
  for (const name of wanted) {
    const one = known.get(name);
    if (!one) throw new Error(`deno.lock has no ${name}`);
    // Types alone: nothing of them is ever run.
    if (name.startsWith("@types/")) continue;
    found.set(name, one.version);
    for (const next of one.needs) wanted.add(next);
  }
  return found;
}

/**
 * Copies packages from where Deno has installed them.
 *
 * @param from Project with a folder node_modules.
 * @param to Folder node_modules of the package.
 */
export async function copyPackages(
  packages: ReadonlyMap<string, string>,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<void> {
  for (const [name, version] of packages) {
    const place = join(from, "node_modules/.deno", `${name.replace("/", "+")}@${version}`, "node_modules", name);
    await copy(place, join(to, name));
  }
}

async function copy(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name, isDirectory, isFile } of Deno.readDir(from)) {
    const [inner, target] = [join(from, name), join(to, name)];
    if (isDirectory) await copy(inner, target);
    else if (isFile && !NOT_NEEDED.test(name)) await Deno.copyFile(inner, target);
  }
}
