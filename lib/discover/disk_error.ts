/**
 * Tells the ways apart in which the disk says no: not there (normal while containers come and go) and not readable.
 *
 * @module
 */

/** Tells whether a path, or a folder on the way to it, does not exist. */
export function isAbsent(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory;
}

/** Tells whether the operating system, or Deno's permissions, refused a read; anything else is a defect and is rethrown. */
export function isDiskError(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  return error instanceof Deno.errors.NotCapable || typeof (error as { code?: unknown }).code === "string";
}

/**
 * Lets errors of the disk pass.
 * @throws {unknown} If the error does not come from the disk.
 */
export function rethrowUnlessDiskError(error: unknown): void {
  if (!isDiskError(error)) throw error;
}

/**
 * Says why a path could not be read and what would mend it, as a sentence without a full stop.
 * @throws {unknown} If the error does not come from the disk.
 */
export function unreadableReason(path: string, error: unknown): string {
  if (!isDiskError(error)) throw error;
  const cure = error instanceof Deno.errors.NotCapable
    ? `start the program with --allow-read=${path}`
    : error instanceof Deno.errors.PermissionDenied
    ? "run as root or with the capability DAC_READ_SEARCH"
    : "check the node's disk";
  return `${path} cannot be read (${error.message}); what was known of it stays; ${cure}`;
}

/** Tells whether a path exists, be it a link that leads nowhere; false as well where that cannot be told. */
export function doesExist(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch (error) {
    if (isDiskError(error)) return false;
    throw error;
  }
}
