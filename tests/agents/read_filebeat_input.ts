/**
 * Reads an input as Filebeat does: YAML, then what go-ucfg makes of texts and names (variables.go and path.go of go-ucfg 0.8, with the options of libbeat:
 * variables are expanded, names are split at dots).
 *
 * @module
 */
import assert from "node:assert/strict";
import { parseFile } from "../fuzz/parse_file.ts";

/** Value of a configuration. */
export type UcfgValue = string | number | boolean | null | UcfgValue[] | { [name: string]: UcfgValue };

/** An input, its names split. */
export interface FilebeatInput {
  readonly type: string;
  readonly id: string;
  readonly paths: readonly string[];
  readonly parsers: readonly { readonly [name: string]: UcfgValue }[];
  readonly processors: readonly { readonly [name: string]: { readonly [option: string]: UcfgValue } }[];
  readonly [name: string]: unknown;
}

/** @throws {Error} Where Filebeat would refuse the file, or take from elsewhere what is not in it. */
export function readFilebeatInput(text: string): FilebeatInput {
  const inputs = ucfg(parseFile(text, "yaml"));
  assert.ok(Array.isArray(inputs) && inputs.length === 1, "A list of one input");
  return inputs[0] as unknown as FilebeatInput;
}

/** Does what go-ucfg does. */
export function ucfg(value: unknown): UcfgValue {
  if (typeof value === "string") return expand(value);
  if (Array.isArray(value)) return value.map(ucfg);
  if (typeof value !== "object" || value === null) return value as UcfgValue;
  const made: { [name: string]: UcfgValue } = {};
  for (const [key, item] of Object.entries(value)) {
    const names = key.split(".");
    for (const name of names) assert.ok(!/^[+-]?\d/.test(name), `${key}: a place in a list`);
    let place = made;
    for (const name of names.slice(0, -1)) {
      if (!Object.hasOwn(place, name)) put(place, name, {});
      const next = place[name];
      assert.ok(typeof next === "object" && next !== null && !Array.isArray(next), `${key}: no object`);
      place = next;
    }
    const last = names.at(-1)!;
    assert.ok(!Object.hasOwn(place, last), `${key}: twice`);
    put(place, last, ucfg(item));
  }
  return made;
}

function put(place: object, name: string, value: UcfgValue) {
  Object.defineProperty(place, name, { value, enumerable: true, configurable: true, writable: true });
}

/** As the lexer: `$$` and `$}` lose their dollar sign, and what is left is not looked at again. */
function expand(text: string): string {
  return text.replaceAll(/\$([${}])/g, (found, sign: string) => {
    assert.notEqual(sign, "{", `${text} would be expanded`);
    return found.slice(1);
  });
}
