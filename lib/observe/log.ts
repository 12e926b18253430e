/**
 * Log lines: one line per event on stderr, as text for people or JSON for machines.
 *
 * @module
 */

import { printable, printableJson } from "./printable.ts";

/** Severity of a line. */
export type Level = "debug" | "info" | "warn" | "error";

/** Further fields of a line; values are written as JSON. Never put a secret here. */
export type Fields = Readonly<Record<string, unknown>>;

/** Writes log lines. */
export interface Log {
  debug(message: string, fields?: Fields): void;
  info(message: string, fields?: Fields): void;
  warn(message: string, fields?: Fields): void;
  error(message: string, fields?: Fields): void;
  /**
   * Writes a line only when it differs from the last one of the same key, so that a lasting condition is reported once and its end can be.
   * @param key What the line is about.
   */
  once(key: string, level: Level, message: string, fields?: Fields): void;
  /** Forgets a key: the condition ended; when it comes back it is reported again. */
  forget(key: string): void;
}

/** Options of {@linkcode createLog}. */
export interface LogOptions {
  /** Least severity that is written, default `info`. */
  readonly level?: Level;
  /** `text` (default) or `json`. */
  readonly format?: "text" | "json";
  /** Whether text lines are coloured, default false. */
  readonly color?: boolean;
  /** Where lines go, default stderr. */
  readonly write?: (line: string) => void;
  /** The time of a line, default now. */
  readonly now?: () => Date;
}

const ORDER: Record<Level, number> = { debug: 0, info: 1, warn: 2, error: 3 };
const COLOR: Record<Level, string> = { debug: "\x1b[2m", info: "", warn: "\x1b[33m", error: "\x1b[31m" };
const encoder = new TextEncoder();

/** Creates a log. */
export function createLog(options: LogOptions = {}): Log {
  const { level = "info", format = "text", color = false, now = () => new Date() } = options;
  const write = options.write ?? ((line: string) => void Deno.stderr.writeSync(encoder.encode(line)));
  const said = new Map<string, string>();
  const emit = (severity: Level, message: string, fields: Fields = {}) => {
    if (ORDER[severity] < ORDER[level]) return;
    const time = now().toISOString();
    if (format === "json") return write(jsonLine([["time", time], ["level", severity], ["message", message]], fields));
    const rest = entriesOf(fields).map(([name, json]) => ` ${printable(name)}=${json}`).join("");
    const line = `${time} ${severity.padEnd(5)} ${printable(message, Infinity)}${rest}`;
    write(color && COLOR[severity] ? `${COLOR[severity]}${line}\x1b[0m\n` : line + "\n");
  };
  return {
    debug: (message, fields) => emit("debug", message, fields),
    info: (message, fields) => emit("info", message, fields),
    warn: (message, fields) => emit("warn", message, fields),
    error: (message, fields) => emit("error", message, fields),
    once(key, severity, message, fields) {
      // Readings of a clock, as in what is wrong with a certificate, make no other line of it.
      const whole = severity + message.replaceAll(/\d{6,}/g, "#") + jsonLine([], fields ?? {});
      if (said.get(key) === whole) return;
      said.set(key, whole);
      emit(severity, message, fields);
    },
    forget: (key) => void said.delete(key),
  };
}

/** Writes a line of JSON; a field that bears the name of one of the line's own gets a `_` before it. */
function jsonLine(own: readonly (readonly [name: string, text: string])[], fields: Fields): string {
  const names = new Set(own.map(([name]) => name));
  const others = entriesOf(fields).map(([name, json]) =>
    `${printableJson(names.has(name) ? `_${name}` : name)}:${json}`
  );
  return `{${[...own.map(([name, text]) => `"${name}":${printableJson(text)}`), ...others].join(",")}}\n`;
}

/** Lists the fields that are there, each written for itself: one that cannot be written does not take the line with it. */
function entriesOf(fields: Fields): (readonly [name: string, json: string])[] {
  return Object.entries(fields).filter(([, value]) => value !== undefined)
    .map(([name, value]) => [name, printableJson(value)] as const);
}
