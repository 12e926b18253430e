/**
 * Promises about log lines.
 *
 * @module
 */
import assert from "node:assert/strict";
import * as fc from "fast-check";
import { createLog, type Level } from "../../lib/observe/log.ts";
import { hostileJson, hostileMap, hostileText } from "./hostile_text.ts";
import { type Property, property } from "./property.ts";

/** Values that have no JSON, or refuse to be written. */
const STRANGE: Readonly<Record<string, () => unknown>> = {
  bigint: () => 10n,
  symbol: () => Symbol("x"),
  function: () => () => {},
  undefined: () => undefined,
  nan: () => NaN,
  loop: () => {
    const loop: Record<string, unknown> = {};
    return loop.loop = loop;
  },
  throwing: () => ({ toJSON: () => assert.fail("toJSON") }),
  getter: () => Object.defineProperty({}, "x", { enumerable: true, get: () => assert.fail("getter") }),
  map: () => new Map([["a", 1]]),
  date: () => new Date(NaN),
  error: () => new Error("line\nbreak"),
  hidden: () => Object.create(null),
};

/** Names of a line's own parts, which fields must not replace. */
const OWN = ["time", "level", "message"];

const event = fc.record({
  message: hostileText,
  level: fc.constantFrom<Level>("debug", "info", "warn", "error"),
  fields: fc.oneof(
    hostileMap(fc.oneof(hostileText, hostileJson)),
    fc.dictionary(fc.constantFrom(...OWN, "error", "path"), hostileJson),
  ),
  strange: fc.array(fc.constantFrom(...Object.keys(STRANGE)), { maxLength: 2 }),
  once: fc.boolean(),
  color: fc.boolean(),
});

const logging: Property = property({
  name: "an event is one line, valid JSON where JSON is asked for, whatever its values",
  subject: "log",
  arbitrary: event,
  check({ message, level, fields, strange, once, color }) {
    const all = { ...fields, ...Object.fromEntries(strange.map((name, at) => [`strange${at}`, STRANGE[name]!()])) };
    for (const format of ["text", "json"] as const) {
      const written: string[] = [];
      const log = createLog({ level: "debug", format, color, write: (line) => void written.push(line) });
      if (once) log.once("key", level, message, all);
      else log[level](message, all);
      assert.equal(written.length, 1);
      const [line] = written;
      assert.ok(line!.endsWith("\n"));
      const text = withoutColor(line!.slice(0, -1), { color: color && format === "text" });
      assert.doesNotMatch(text, /[\p{Cc}\u2028-\u202e\u2066-\u2069]/u, "It steers the terminal, or is several lines");
      if (format === "json") assertOwnParts(JSON.parse(text), { level, message });
    }
  },
});

function withoutColor(text: string, { color }: { color: boolean }): string {
  // deno-lint-ignore no-control-regex
  return color ? text.replace(/^\x1b\[\d+m/, "").replace(/\x1b\[0m$/, "") : text;
}

function assertOwnParts(parsed: Record<string, unknown>, { level, message }: { level: Level; message: string }) {
  assert.equal(parsed.level, level);
  assert.equal(parsed.message, message);
  assert.match(String(parsed.time), /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
}

/** Promises about lib/observe. */
export const LOG_PROPERTIES: readonly Property[] = [logging];
