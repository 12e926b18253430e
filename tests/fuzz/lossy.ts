/**
 * The documented form in which a text comes back: what no reader survives becomes U+FFFD.
 *
 * @module
 */

/** Replaces lone surrogates and U+0000. */
export function lossy(text: string): string {
  return text.toWellFormed().replaceAll("\0", "\ufffd");
}
