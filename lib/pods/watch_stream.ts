/**
 * Reads the events of a watch while they arrive (Kubernetes API v1: one JSON object per line).
 *
 * @module
 */
import { asOptionalRecord, asOptionalText, asRecord, ShapeError } from "./json_shape.ts";
import type { Pod } from "./pod.ts";
import { projectPod } from "./project_pod.ts";

/** One event of a watch of pods. */
export type WatchEvent =
  | { readonly type: "ADDED" | "MODIFIED" | "DELETED"; readonly pod: Pod; readonly version: string }
  | { readonly type: "BOOKMARK"; readonly version: string }
  /** The server ends the watch; `code` as an HTTP status, 410 where the version is too old. */
  | { readonly type: "ERROR"; readonly code: number; readonly message: string; readonly retryAfterSeconds: number }
  /** A pod whose JSON has not the shape of one; `reason` is a sentence. */
  | { readonly type: "MALFORMED"; readonly reason: string; readonly version: string }
  | { readonly type: "UNKNOWN"; readonly name: string };

/** Says that what came is no stream of watch events. */
export class WatchStreamError extends Error {
  override readonly name = "WatchStreamError";
}

/** Options of {@linkcode readWatchEvents}. */
export interface WatchStreamOptions {
  /** Longest line in bytes, default 8 MiB; the API server stores no object of more than 1.5 MiB or so. */
  readonly maxLineBytes?: number;
  /** Is called for every piece of bytes, however small. */
  readonly onBytes?: () => void;
}

/**
 * Yields the events of a watch. An unfinished last line is taken for a cut and dropped: the watch resumed brings it again.
 * Leaving the loop cancels the body.
 * @throws {WatchStreamError} If a finished line is no JSON object, or a line is longer than allowed.
 * @throws What the body throws, when the connection breaks.
 */
export async function* readWatchEvents(
  body: ReadableStream<Uint8Array>,
  options: WatchStreamOptions = {},
): AsyncGenerator<WatchEvent, void, void> {
  for await (const line of readLines(body, options)) {
    if (line.trim() !== "") yield parseEvent(line);
  }
}

async function* readLines(
  body: ReadableStream<Uint8Array>,
  { maxLineBytes = 8 * 1024 * 1024, onBytes = () => {} }: WatchStreamOptions,
): AsyncGenerator<string, void, void> {
  const decoder = new TextDecoder();
  let pieces: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    onBytes();
    let start = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
      pieces.push(chunk.subarray(start, end));
      checkLength(length + end - start, maxLineBytes);
      // Lines are cut as bytes, so that a character cut by a chunk is whole again before it is decoded.
      yield decoder.decode(joined(pieces));
      pieces = [];
      length = 0;
      start = end + 1;
    }
    if (start === chunk.length) continue;
    pieces.push(chunk.subarray(start));
    length += chunk.length - start;
    checkLength(length, maxLineBytes);
  }
}

function checkLength(length: number, maxLineBytes: number): void {
  if (length <= maxLineBytes) return;
  throw new WatchStreamError(
    `A line of the watch is longer than ${maxLineBytes} bytes; it is no stream of watch events`,
  );
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  if (pieces.length === 1) return pieces[0]!;
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const piece of pieces) {
    whole.set(piece, offset);
    offset += piece.length;
  }
  return whole;
}

function parseEvent(line: string): WatchEvent {
  let event;
  try {
    event = asRecord(JSON.parse(line), "event");
  } catch (cause) {
    throw new WatchStreamError(`A line of the watch is no JSON object: ${line.slice(0, 80)}`, { cause });
  }
  switch (event.type) {
    case "ADDED":
    case "MODIFIED":
    case "DELETED":
      return parsePodEvent(event.type, event.object);
    case "BOOKMARK":
      return { type: "BOOKMARK", version: versionOf(event.object) };
    case "ERROR":
      return parseError(event.object);
    default:
      return { type: "UNKNOWN", name: String(event.type).slice(0, 40) };
  }
}

function parsePodEvent(type: "ADDED" | "MODIFIED" | "DELETED", object: unknown): WatchEvent {
  const version = versionOf(object);
  try {
    return { type, pod: projectPod(object), version };
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error;
    return { type: "MALFORMED", reason: error.message, version };
  }
}

/** Reads the resource version; empty where there is none. */
function versionOf(object: unknown): string {
  try {
    return asOptionalText(asOptionalRecord(asRecord(object, "object").metadata, "metadata").resourceVersion, "version");
  } catch (error) {
    if (error instanceof ShapeError) return "";
    throw error;
  }
}

function parseError(object: unknown): WatchEvent {
  const status = typeof object === "object" && object !== null ? object as Record<string, unknown> : {};
  const details = typeof status.details === "object" && status.details !== null ? status.details : {};
  const seconds = (details as Record<string, unknown>).retryAfterSeconds;
  return {
    type: "ERROR",
    code: typeof status.code === "number" ? status.code : 0,
    message: String(status.message ?? "no message").slice(0, 500),
    retryAfterSeconds: typeof seconds === "number" && seconds > 0 ? seconds : 0,
  };
}
