/**
 * Reads what the agent otel-collector wrote as the Collector does: YAML, dollar signs (confmap 1.55, resolver.go), maps of keys with `::`, and expressions in the values
 * of `resource` (stanza 0.149, expr_string.go).
 *
 * @module
 */
import assert from "node:assert/strict";
import { parseFile } from "../fuzz/parse_file.ts";

/** A receiver, as the Collector has it. */
export interface CollectorReceiver {
  readonly name: string;
  readonly include: readonly string[];
  readonly storage?: string;
  readonly resource: Readonly<Record<string, string>>;
  readonly operators: readonly Readonly<Record<string, unknown>>[];
}

/** @throws {Error} Where the Collector would refuse the file, or would take from elsewhere what is not in it. */
export function readCollectorConfig(text: string): {
  receivers: readonly CollectorReceiver[];
  listed: readonly string[];
} {
  const { receivers, service, ...others } = expanded(parseFile(text, "yaml")) as {
    receivers: Record<string, Omit<CollectorReceiver, "name">>;
    service: { pipelines: { "logs/klw": { receivers: string[] } } };
  };
  assert.deepEqual(others, {});
  const listed = service.pipelines["logs/klw"].receivers;
  assert.deepEqual(listed, ["nop", ...Object.keys(receivers)]);
  return {
    receivers: Object.entries(receivers).map(([name, one]) => ({ name, ...one, resource: run(one.resource) })),
    listed,
  };
}

function expanded(value: unknown): unknown {
  if (typeof value === "string") {
    assert.ok(!/(?<!\$)\$(\$\$)*(?!\$)/.test(value), `A dollar sign is not doubled: ${value}`);
    return value.replaceAll("$$", "$");
  }
  if (Array.isArray(value)) return value.map(expanded);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      assert.ok(!key.includes("::"), `${key} would become a map`);
      return [key, expanded(item)];
    }),
  );
}

/** Runs the expressions that are literals; there must be no others. */
function run(resource: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(resource).map(([name, value]) => {
      const [, literal] = /^EXPR\((".*")\)$/s.exec(value) ?? [];
      assert.ok(!(literal ?? value).includes("EXPR("), `${name} has an expression: ${value}`);
      return [name, literal === undefined ? value : JSON.parse(literal) as string];
    }),
  );
}
