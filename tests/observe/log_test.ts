import assert from "node:assert/strict";
import { createLog } from "../../lib/observe/log.ts";

Deno.test("a line of the log is one line, whatever is in it", () => {
  const lines: string[] = [];
  createLog({ write: (line) => lines.push(line) }).warn("two\nlines", { pod: 'a "b"\nc' });
  assert.equal(lines.length, 1);
  assert.match(lines[0]!, /^\S+ warn {2}two lines pod="a \\"b\\"\\nc"\n$/);
});

Deno.test("JSON lines parse and have time, level, message and fields", () => {
  const lines: string[] = [];
  const now = () => new Date(0);
  createLog({ format: "json", now, write: (line) => lines.push(line) }).info("started", { node: "node-1" });
  assert.deepEqual(JSON.parse(lines[0]!), {
    time: "1970-01-01T00:00:00.000Z",
    level: "info",
    message: "started",
    node: "node-1",
  });
});

Deno.test("a lasting condition is said once, and again after it changed or ended", () => {
  const lines: string[] = [];
  const log = createLog({ format: "json", write: (line) => lines.push(JSON.parse(line).message) });
  log.once("api", "warn", "away");
  log.once("api", "warn", "away");
  log.once("api", "warn", "refused at 1795483090");
  log.once("api", "warn", "refused at 1795483091");
  log.forget("api");
  log.once("api", "warn", "refused");
  assert.deepEqual(lines, ["away", "refused at 1795483090", "refused"]);
});

Deno.test("lines below the level are left out", () => {
  const lines: string[] = [];
  const log = createLog({ level: "warn", write: (line) => lines.push(line) });
  log.debug("a");
  log.info("b");
  log.error("c");
  assert.equal(lines.length, 1);
});
