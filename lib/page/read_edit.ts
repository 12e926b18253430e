/**
 * Reads what the form of the preview page sends.
 *
 * @module
 */
import type { PodEdit } from "./page_content.ts";

/** What was sent is not usable. */
export class EditError extends Error {
  override readonly name = "EditError";
  /** HTTP status that says so. */
  readonly status: number;

  constructor(message: string, status = 400) {
    super(message);
    this.status = status;
  }
}

/** Longest body, bytes: all annotations of a pod have 256 KiB, and JSON may write some characters as six. */
const MAX_BYTES = 2 * 1024 * 1024;
const MAX_ENTRIES = 2_000;

/** Reads a body. @throws {EditError} If it is too long or not `{uid, labels, annotations}`; the message says what is wrong where. */
export async function readEdit(body: ReadableStream<Uint8Array> | null): Promise<PodEdit> {
  const value = parse(await readText(body));
  if (!isRecord(value)) throw new EditError(`Expected an object {uid, labels, annotations}, found ${kindOf(value)}`);
  for (const name of Object.keys(value)) {
    if (!["uid", "labels", "annotations"].includes(name)) {
      throw new EditError(`Unknown field ${JSON.stringify(name.slice(0, 60))}; there are uid, labels and annotations`);
    }
  }
  if (typeof value.uid !== "string") throw new EditError(`uid must be a text, found ${kindOf(value.uid)}`);
  return { uid: value.uid, labels: textMap(value, "labels"), annotations: textMap(value, "annotations") };
}

async function readText(body: ReadableStream<Uint8Array> | null): Promise<string> {
  const decoder = new TextDecoder();
  let [text, size] = ["", 0];
  for await (const part of body ?? []) {
    size += part.length;
    if (size > MAX_BYTES) throw new EditError(`What is sent may have ${MAX_BYTES} bytes`, 413);
    text += decoder.decode(part, { stream: true });
  }
  return text + decoder.decode();
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new EditError(`What is sent is no JSON: ${(cause as Error).message.slice(0, 200)}`);
  }
}

function textMap(value: Record<string, unknown>, field: "labels" | "annotations"): Record<string, string> {
  const map = value[field];
  if (!isRecord(map)) throw new EditError(`${field} must be an object of texts, found ${kindOf(map)}`);
  const entries = Object.entries(map);
  if (entries.length > MAX_ENTRIES) {
    throw new EditError(`${field} has ${entries.length} entries, at most ${MAX_ENTRIES}`);
  }
  const wrong = entries.find(([, text]) => typeof text !== "string");
  if (wrong) {
    throw new EditError(`${field}[${JSON.stringify(wrong[0].slice(0, 60))}] must be a text, found ${kindOf(wrong[1])}`);
  }
  // Own properties only, __proto__ among them.
  return Object.fromEntries(entries) as Record<string, string>;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function kindOf(value: unknown): string {
  if (value === undefined) return "nothing";
  return value === null ? "null" : Array.isArray(value) ? "a list" : `a value of the type ${typeof value}`;
}
