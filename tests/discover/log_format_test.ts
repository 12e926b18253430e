import assert from "node:assert/strict";
import { sniffLogFormat } from "../../lib/discover/log_format.ts";

Deno.test("the format of a log is told from the first bytes that each runtime writes", () => {
  const table: [string, string | undefined][] = [
    ['{"log":"hello\\n","stream":"stdout"', "json-file"],
    ["2026-11-23T21:07:02.707537455Z stdout F hello", "cri"],
    ["2026-11-23T21:24:08.31852185Z stderr P from init", "cri"],
    ["2026-11-23T21:24:08.318521851+00:00 stdout F conmon", "cri"],
    ["2026-11-23T21:24:08Z stdout F no fraction", "cri"],
    ["2026-11-23T21:24:08Z stdin F x", undefined],
    ["2026-11-23T21:24", undefined],
    ["\0\0\0\0", undefined],
    ["plain text", undefined],
    ["", undefined],
  ];
  for (const [text, format] of table) assert.equal(sniffLogFormat(new TextEncoder().encode(text)), format, text);
});
