/**
 * How much one target may add to an answer. The host takes a limited answer for all targets together; without a limit for each, one pod could use it up
 * and have the whole agent fail.
 *
 * @module
 */

/** Bytes that one target may take of an answer. */
export const TARGET_BYTES = 64 * 1024;
/** Warnings of one target that are kept, and the longest text of one, in UTF-16 units. */
export const MAX_WARNINGS = 20;
export const MAX_WARNING_TEXT = 500;

/** YAML writes as six characters what JSON writes as one or two bytes, at the worst. */
const YAML_GROWTH = 4;

const encoder = new TextEncoder();

/** Counts the bytes of a value as it stands in an answer, written as JSON inside of JSON. */
function bytesOf(value: unknown): number {
  return encoder.encode(JSON.stringify(value) ?? "").length;
}

/**
 * Refuses a target that makes too much output.
 *
 * @param files Contents of its own files, by output.
 * @param nodeFormats Formats of the files for the node that its context goes into.
 * @throws {RangeError} Naming both sizes.
 */
export function limitSize(
  context: object,
  { files, nodeFormats }: { files: Readonly<Record<string, string>>; nodeFormats: readonly string[] },
): void {
  let bytes = bytesOf(files);
  if (nodeFormats.length > 0) {
    const once = bytesOf(JSON.stringify(context));
    for (const format of nodeFormats) bytes += format === "yaml" ? once * YAML_GROWTH : once;
  }
  if (bytes <= TARGET_BYTES) return;
  throw new RangeError(`It makes ${bytes} bytes of output, at most ${TARGET_BYTES} are taken for one container`);
}
