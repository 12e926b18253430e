/**
 * Takes an image reference apart, as the predecessor did: last path part, split at the tag.
 *
 * @module
 */

/** Name and version of an image; all empty for an unknown one. */
export interface ImageName {
  readonly imageReference: string;
  readonly image: string;
  readonly imageVersion: string;
}

/**
 * Splits an image reference.
 *
 * @param reference e.g. `registry.example:5000/shop/web:1.4`, with or without tag and digest; undefined where unknown.
 */
export function splitImage(reference: string | undefined): ImageName {
  if (!reference) return { imageReference: "", image: "", imageVersion: "" };
  const [named = ""] = reference.split("@");
  const last = named.slice(named.lastIndexOf("/") + 1);
  const [image = "", tag] = last.split(":");
  // An image id is no name.
  if (image === "sha256") return { imageReference: "", image: "", imageVersion: "" };
  return { imageReference: reference, image, imageVersion: tag || "latest" };
}
