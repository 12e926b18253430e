/**
 * Fingerprints of contents, so that the writer knows what lies on disk without keeping it in memory.
 *
 * @module
 */
import { hash } from "node:crypto";
import type { RenderedFile } from "../render/rendered.ts";

const known = new WeakMap<RenderedFile, string>();

/** Makes the fingerprint of contents: SHA-256, because pods can choose parts of what is compared by it. */
export function fingerprint(contents: string | Uint8Array): string {
  return hash("sha256", contents, "base64");
}

/** Makes the fingerprint of a rendered file, once per object: a pass in which most objects are those of the last costs little. */
export function fingerprintOf(file: RenderedFile): string {
  let print = known.get(file);
  if (print === undefined) known.set(file, print = fingerprint(file.contents));
  return print;
}
