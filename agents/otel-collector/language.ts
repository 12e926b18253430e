/**
 * The Collector's configuration: YAML in whose values `${...}` is replaced, and `$$` is a dollar sign (confmap 1.55).
 *
 * @module
 */
import type { Language } from "../../lib/render/agent.ts";

/** The language of the file; keys are not looked at for dollar signs. */
export const collectorYaml: Language = {
  like: "yaml",
  write: (value, yaml) => yaml(inert(value)),
  check,
};

function inert(value: unknown): unknown {
  return mapTexts(value, (text) => text.replaceAll("$", "$$$$"));
}

/** Changes all texts but keys. */
function mapTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === "string") return change(value);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, change));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapTexts(item, change)]));
}

interface Receiver {
  readonly include?: unknown;
  readonly resource?: Readonly<Record<string, unknown>>;
  readonly operators?: unknown;
}

interface File {
  readonly receivers: Readonly<Record<string, Receiver>>;
  readonly service: { readonly pipelines: Readonly<Record<string, { readonly receivers: readonly string[] }>> };
}

/** Refuses what the Collector would refuse or replace, in the part of its configuration that this agent writes. */
function check(text: string) {
  const file = JSON.parse(text) as File;
  mapTexts(file, (value) => {
    if (/(?<!\$)(?:\$\$)*\$(?!\$)/.test(value)) throw new Error(`${JSON.stringify(value)} has a $ that is not doubled`);
    return value;
  });
  for (const [name, receiver] of Object.entries(file.receivers)) checkReceiver(name, receiver);
  const listed = file.service.pipelines["logs/klw"]?.receivers ?? [];
  const missing = Object.keys(file.receivers).find((name) => !listed.includes(name));
  if (missing !== undefined) throw new Error(`Receiver ${missing} is in no pipeline`);
  if (new Set(listed).size !== listed.length) throw new Error("A receiver is twice in the pipeline");
}

function checkReceiver(name: string, { include, resource = {}, operators }: Receiver) {
  if (!/^file_?log\/[a-z0-9_]+$/.test(name)) throw new Error(`${JSON.stringify(name)} is no name of a receiver`);
  if (!Array.isArray(include) || include.length === 0) throw new Error(`${name} includes no file`);
  if (!Array.isArray(operators)) throw new Error(`${name} has no list of operators`);
  for (const [attribute, value] of Object.entries(resource)) {
    if (attribute.includes("::")) throw new Error(`${JSON.stringify(attribute)} would become a map`);
    if (typeof value !== "string") throw new Error(`${JSON.stringify(attribute)} is no text`);
    if (value.includes("EXPR(") && !/^EXPR\("(?:[^"\\]|\\[^])*"\)$/.test(value)) {
      throw new Error(`${JSON.stringify(attribute)} would be run as an expression`);
    }
  }
}
