/**
 * Reads rendered files with real parsers of their formats.
 *
 * @module
 */
import assert from "node:assert/strict";
import { parseDocument } from "yaml";
import type { FileOutput, OutputFormat } from "../../lib/render/agent.ts";
import type { AgentDescription } from "../../lib/render/agent_description.ts";
import type { Expectation } from "./agent_expectations.ts";

/** Length up to which JSON is read as YAML too, which finds keys that are there twice. */
const MAX_YAML = 300_000;

/** Line breaks of YAML 1.1, and what is not printable in it (YAML 1.1, 5.1): libyaml and snakeyaml go by it, the parser used here does not. */
const NOT_IN_YAML = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/;

/** Tells what a file of an output can be read back as. */
function likeOf({ format }: FileOutput, { languages }: AgentDescription): OutputFormat {
  return Object.hasOwn(languages, format) ? languages[format]! : format as OutputFormat;
}

/** Makes the parser of an output's files: the expectation's own, where it has one for the agent's own language. */
export function parserOf(
  output: FileOutput,
  { description, expectation }: { description: AgentDescription; expectation: Expectation },
): (text: string) => unknown {
  const { format } = output;
  if (expectation.parse && Object.hasOwn(description.languages, format)) {
    return (text) => expectation.parse!(text, format);
  }
  return (text) => parseFile(text, likeOf(output, description));
}

/** Parses a file; undefined where the format has no parser. Throws where it does not parse, or parsers differ about it. */
export function parseFile(text: string, format: OutputFormat): unknown {
  switch (format) {
    case "json": {
      const value: unknown = JSON.parse(text);
      if (text.length <= MAX_YAML) assertNoDuplicates(text);
      return value;
    }
    case "yaml": {
      assert.doesNotMatch(
        text,
        NOT_IN_YAML,
        "A character that some readers of YAML refuse or take for the end of a line",
      );
      const [old, now] = (["1.1", "1.2"] as const).map((version) => parseYaml(text, version));
      assert.deepEqual(old, now, "YAML 1.1 and 1.2 differ");
      return now;
    }
    default:
      return undefined;
  }
}

function parseYaml(text: string, version: "1.1" | "1.2"): unknown {
  const document = parseDocument(text, { version, uniqueKeys: true, strict: true });
  assert.deepEqual([...document.errors, ...document.warnings].map(String), [], `YAML ${version}`);
  return document.toJS({ maxAliasCount: 0 });
}

function assertNoDuplicates(json: string) {
  const { errors } = parseDocument(json, { version: "1.2", uniqueKeys: true });
  assert.deepEqual(errors.filter(({ code }) => code === "DUPLICATE_KEY").map(String), [], "A key is there twice");
}
