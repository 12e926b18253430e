/**
 * Names of the files that lie beside outputs for a moment or for good without being outputs.
 *
 * No shipper picks them up: they start with a dot, which the globs of include directives skip, and end in none of the
 * endings that shippers look for (.json, .yml, .yaml, .conf, .toml, .job, .log).
 *
 * @module
 */

/**
 * Makes a new name for a temporary file.
 *
 * @param owner Agent that writes; agents that share a folder can tell their temporary files apart by it.
 */
export function temporaryName(owner: string): string {
  const random = crypto.getRandomValues(new Uint32Array(2));
  return `.klw-${owner}-${Array.from(random, (part) => part.toString(16).padStart(8, "0")).join("")}.tmp`;
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
