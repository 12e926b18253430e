import assert from "node:assert/strict";
import { MULTILINE_PRESETS } from "../../lib/hints/multiline_presets.ts";
import { isPortablePattern } from "../../lib/hints/portable_pattern.ts";
import { PYTHON, searchWithPython } from "./python.ts";

const TRACES = new URL("../fixtures/hints/traces/", import.meta.url);

/** Reads a fixture: its events, which lines of `%%` part. */
function eventsOf(preset: string): string[][] {
  const text = Deno.readTextFileSync(new URL(`${preset}.txt`, TRACES)).replace(/\n$/, "");
  return text.split("\n%%\n").map((event) => event.split("\n"));
}

/** Groups lines as a shipper does. */
function group(lines: readonly string[], begins: (line: string, index: number) => boolean): string[][] {
  const events: string[][] = [];
  lines.forEach((line, index) => {
    if (events.length === 0 || begins(line, index)) events.push([line]);
    else events.at(-1)!.push(line);
  });
  return events;
}

for (const [preset, pattern] of MULTILINE_PRESETS) {
  Deno.test(`the preset ${preset} keeps stack traces together with the line before them, and other lines apart`, () => {
    assert.ok(isPortablePattern(pattern));
    const events = eventsOf(preset);
    assert.ok(events.length > 8);
    const expression = new RegExp(pattern);
    assert.deepEqual(group(events.flat(), (line) => expression.test(line)), events);
  });

  Deno.test({
    name: `the preset ${preset} does the same in Python`,
    ignore: PYTHON === undefined,
    async fn() {
      const events = eventsOf(preset);
      const lines = events.flat();
      const [found] = await searchWithPython([{ pattern, texts: lines }]);
      assert.deepEqual(group(lines, (_line, index) => found![index]!), events);
    },
  });
}

Deno.test("there are fixtures for all presets and no others", () => {
  const fixtures = [...Deno.readDirSync(TRACES)].map(({ name }) => name.replace(/\.txt$/, "")).sort();
  assert.deepEqual([...MULTILINE_PRESETS.keys()].sort(), fixtures);
});
