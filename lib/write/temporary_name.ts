/**
 * Names of the files that lie beside outputs for a moment or for good without being outputs.
 *
 * No shipper picks them up: they start with a dot, which the globs of include directives skip, and end in none of the
 * endings that shippers look for (.json, .yml, .yaml, .conf, .toml, .job, .log).
 *
 * @module
 */

/** A number of this process's own to begin at, so that no name of another process, or of one before it, comes again; then one more for each name. */
let [last] = crypto.getRandomValues(new BigUint64Array(1)) as unknown as [bigint];

/**
 * Makes a new name for a temporary file.
 *
 * @param owner Agent that writes; agents that share a folder can tell their temporary files apart by it.
 */
export function temporaryName(owner: string): string {
  last = (last + 1n) & 0xffff_ffff_ffff_ffffn;
  return `.klw-${owner}-${last.toString(16).padStart(16, "0")}.tmp`;
}

/** Tells whether a name was made by {@linkcode temporaryName} for this owner. */
export function isTemporaryName(name: string, owner: string): boolean {
  const start = `.klw-${owner}-`;
  return name.startsWith(start) && /^[0-9a-f]{16}\.tmp$/.test(name.slice(start.length));
}

/** Tells whether a name is kept for the watcher's own files, so that no output may bear it. */
export function isReservedName(name: string): boolean {
  return name.startsWith(".kube-log-watcher-") || (name.startsWith(".klw-") && name.endsWith(".tmp"));
}
