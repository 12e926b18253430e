/**
 * The error of everything that goes wrong with a reload.
 *
 * @module
 */

/** A shipper was not seen to take over what was written; the message is a sentence without a full stop. */
export class ReloadError extends Error {
  override name = "ReloadError";
}
