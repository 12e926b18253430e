/**
 * How a value is written in each output format.
 *
 * @module
 */
import type { Language, OutputFormat } from "../agent.ts";

/** Writes a value as a complete literal of each format. */
export const ESCAPES: Readonly<Record<OutputFormat, (value: unknown) => string>> = { json, yaml, text };

/** Makes the function that writes values in an agent's own language. */
export function escapeOf(language: Language): (value: unknown) => string {
  const like = ESCAPES[language.like ?? "text"];
  return (value) => {
    const written: unknown = language.write(clean(value), like);
    if (typeof written === "string") return written;
    throw new TypeError(`The language's write returned ${typeof written}, not a text`);
  };
}

/** JSON as Scalyr's and every other reader takes it: raw UTF-8, no surrogate pairs as escapes. */
function json(value: unknown): string {
  return JSON.stringify(clean(value));
}

/**
 * JSON text that YAML 1.1 and 1.2 readers (libyaml, snakeyaml, PyYAML, go-yaml) take as the same value: the characters that are legal in JSON strings but not
 * in YAML's double quotes are escaped.
 */
function yaml(value: unknown): string {
  return json(value).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (c) => "\\u" + c.charCodeAt(0).toString(16).padStart(4, "0"),
  );
}

/** Text without a known syntax: a value must not be able to end its line. */
function text(value: unknown): string {
  const plain = clean(value);
  if (typeof plain === "object") {
    throw new TypeError(`Cannot write ${JSON.stringify(plain)} as text: it is not a single value`);
  }
  const line = String(plain);
  // deno-lint-ignore no-control-regex
  if (/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(line)) {
    throw new TypeError(`Cannot write ${JSON.stringify(line)} as text: it has control characters`);
  }
  return line;
}

/**
 * Copies plain data with what no reader survives replaced by U+FFFD: lone surrogates, and U+0000, at which readers written in C end.
 *
 * @throws {TypeError} If a value is missing, or is nothing that JSON has.
 */
function clean(value: unknown): unknown {
  switch (typeof value) {
    case "string":
      return value.toWellFormed().replaceAll("\0", "\ufffd");
    case "number":
      if (Number.isFinite(value)) return value;
      break;
    case "boolean":
      return value;
    case "object":
      if (value === null) return null;
      if (Array.isArray(value)) return value.map(clean);
      return cleanObject(value);
  }
  throw new TypeError(
    `Value ${String(value)} cannot be written: it is ${value === undefined ? "missing" : typeof value}`,
  );
}

function cleanObject(value: object): object {
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  const copy: Record<string, unknown> = Object.create(null);
  for (const [key, item] of entries) copy[clean(key) as string] = clean(item);
  return copy;
}
