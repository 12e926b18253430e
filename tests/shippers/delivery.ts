/**
 * Compares what containers wrote with what a shipper delivered.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { ContainerLog, Stream } from "./log_tree.ts";

/** One event at the other end of a shipper. */
export interface Delivered {
  /** Container id. */
  readonly id: string;
  readonly stream: Stream;
  readonly text: string;
}

/** Tells whether as many lines of each container were delivered as it wrote. */
export function isAllDelivered(logs: readonly ContainerLog[], delivered: readonly Delivered[]): boolean {
  return logs.every((log) => delivered.filter(({ id }) => id === log.container.id).length >= log.written.length);
}

/** Throws unless every line was delivered once and whole, those of a stream in their order, and nothing else was. */
export function assertAllDelivered(logs: readonly ContainerLog[], delivered: readonly Delivered[]): void {
  for (const { container, written } of logs) {
    for (const stream of ["stdout", "stderr"] as const) {
      assert.deepEqual(
        delivered.filter((event) => event.id === container.id && event.stream === stream).map(({ text }) =>
          shown(text)
        ),
        written.filter((line) => line.stream === stream).map(({ text }) => shown(text)),
        `Lines of ${container.name} on ${stream}`,
      );
    }
  }
  const known = new Set(logs.map(({ container }) => container.id));
  assert.deepEqual(delivered.filter(({ id }) => !known.has(id)), [], "Lines of other containers");
}

/** Shortens what no message should hold, so that equal texts stay equal and others do not. */
function shown(text: string): string {
  if (text.length < 200) return text;
  const sum = [...text].reduce((hash, c) => (hash * 31 + c.codePointAt(0)!) | 0, 0);
  return `${text.slice(0, 50)}... ${text.length} characters, hash ${sum}`;
}
