/** What is expected of the agent symlinker. @module */
import assert from "node:assert/strict";
import type { Expectation } from "../agent_expectations.ts";

export default {
  known: { labels: [], annotations: {} },
  check({ paths, settings }) {
    const below = paths.get("log")!.slice(rootLength(settings.symlinkDir));
    assert.match(below, /^\/[^/]+(\/[A-Za-z0-9_-]{1,251}){6}\/[A-Za-z0-9_-]{1,251}\.log$/);
  },
} satisfies Expectation;

function rootLength(root: unknown): number {
  return root === "/" ? 0 : String(root).length;
}
