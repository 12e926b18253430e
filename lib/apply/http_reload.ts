/**
 * Reloads by HTTP.
 *
 * @module
 */
import { printable } from "../observe/printable.ts";
import { ReloadError } from "./reload_error.ts";
import type { ReloadTarget } from "./reload_target.ts";

/** Bytes that are read of an answer. */
const MAX_ANSWER = 64 * 1024;
/** Characters of an answer that are shown. */
const MAX_SHOWN = 300;

/** An answer, cut. */
export interface HttpAnswer {
  readonly status: number;
  readonly text: string;
}

/** Asks a shipper to reload. @throws {ReloadError} If it does not say that it did. */
export async function reloadByHttp(target: ReloadTarget & { kind: "http" }, abort: AbortSignal): Promise<void> {
  const { url, method = "POST", body, contentType = "application/json", statuses, contains } = target;
  const answer = await request(url, {
    method,
    signal: abort,
    ...(body === undefined ? {} : { body, headers: { "content-type": contentType } }),
  });
  const said = `${method} ${url} answered ${answer.status}${shown(answer.text)}`;
  const isGood = statuses ? statuses.includes(answer.status) : answer.status >= 200 && answer.status <= 299;
  if (!isGood) throw new ReloadError(said);
  if (contains !== undefined && !answer.text.includes(contains)) {
    throw new ReloadError(`${said}, expected ${JSON.stringify(contains)} in it`);
  }
  const fields = Object.entries(target.json ?? {});
  const value = fields.length > 0 ? parseAnswer(answer.text) : undefined;
  for (const [name, wanted] of fields) {
    if (fieldOf(value, name) !== wanted) {
      throw new ReloadError(`${said}, expected ${JSON.stringify(name)} to be ${JSON.stringify(wanted)} in it`);
    }
  }
}

/** Sends a request to where the operator said, and nowhere else. @throws {ReloadError} If there is no answer. */
export async function request(url: string, init: RequestInit & { readonly signal: AbortSignal }): Promise<HttpAnswer> {
  const { method = "GET", signal } = init;
  try {
    const response = await fetch(url, { ...init, redirect: "manual" });
    return { status: response.status, text: await readStart(response) };
  } catch (cause) {
    const why = signal.aborted ? "gave no answer in time" : `failed: ${printable(reasonOf(cause), MAX_SHOWN)}`;
    throw new ReloadError(`${method} ${url} ${why}`, { cause });
  }
}

/** Parses an answer; undefined if it is no JSON. */
export function parseAnswer(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Gives a field of parsed JSON. */
export function fieldOf(value: unknown, name: string): unknown {
  const isThere = typeof value === "object" && value !== null && Object.hasOwn(value, name);
  return isThere ? (value as Record<string, unknown>)[name] : undefined;
}

/** Shows the start of an answer in a message. */
export function shown(text: string): string {
  const line = printable(text.trim(), MAX_SHOWN);
  return line === "" ? "" : `: ${line}`;
}

async function readStart(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    text += decoder.decode(chunk, { stream: true });
    if (size > MAX_ANSWER) break;
  }
  return text;
}

function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error ? cause.message : message;
}
