/**
 * Filebeat's configuration: YAML in whose values `${...}` is replaced, `$$` is a dollar sign and `$}` a brace (go-ucfg 0.8, variables.go).
 *
 * @module
 */
import type { Language } from "../../lib/render/agent.ts";

/** The language of the files; keys are not looked at for dollar signs, but for dots and numbers. */
export const filebeatYaml: Language = {
  like: "yaml",
  write: (value, yaml) => yaml(mapTexts(value, (text) => text.replaceAll("$", "$$$$"))),
  check,
};

/** Changes all texts but keys. */
function mapTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === "string") return change(value);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, change));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapTexts(item, change)]));
}

interface Input {
  readonly type?: unknown;
  readonly id?: unknown;
  readonly paths?: unknown;
  readonly processors?: readonly { readonly add_fields?: { readonly fields?: unknown } }[];
}

/** Refuses what Filebeat would refuse, replace or take for something else, in files with one input as this agent writes them. */
function check(text: string) {
  const [input, ...others] = JSON.parse(text) as Input[];
  if (!input || others.length > 0) throw new Error("It is no list of one input");
  mapTexts(input, (value) => {
    if (/(?<!\$)(?:\$\$)*\$(?!\$)/.test(value)) throw new Error(`${JSON.stringify(value)} has a $ that is not doubled`);
    return value;
  });
  if (input.type !== "filestream") throw new Error(`Input type ${JSON.stringify(input.type)} is not filestream`);
  if (typeof input.id !== "string") throw new Error("The input has no id");
  if (!Array.isArray(input.paths) || input.paths.length === 0) throw new Error("The input has no path");
  for (const { add_fields } of input.processors ?? []) checkNames(add_fields?.fields);
}

function checkNames(fields: unknown) {
  if (typeof fields !== "object" || fields === null) return;
  for (const [name, value] of Object.entries(fields)) {
    if (name === "" || /\.|^[+-]?\d/.test(name)) throw new Error(`${JSON.stringify(name)} would not be a field's name`);
    checkNames(value);
  }
}
