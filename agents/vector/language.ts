/**
 * Vector's configuration files: JSON in which Vector replaces two things before it parses.
 *
 * @module
 */
import type { Language } from "../../lib/render/agent.ts";

/**
 * Up to 0.56 Vector puts variables of its environment for `$NAME` and `${NAME}` into the bare text of a file, from 0.57 on where it is told to, and in all versions
 * secrets for `SECRET[backend.key]`. Escaped as JSON escapes, neither is seen.
 */
export const VECTOR: Language = {
  like: "json",
  write: (value, json) => json(value).replaceAll("$", "\\u0024").replaceAll("SECRET[", "SECRET\\u005b"),
  check,
};

interface Component {
  readonly type?: unknown;
  readonly inputs?: readonly string[];
  readonly source?: unknown;
}

type Parts = Readonly<Record<string, Readonly<Record<string, Component>>>>;

/** Refuses what Vector would refuse of a file of this agent: placeholders, components without a source, programs whose brackets and literals do not end. */
function check(text: string) {
  if (/\$|SECRET\[/.test(text)) throw new Error("It has a placeholder, which Vector would replace");
  const { sources, transforms, sinks, data_dir: _, ...others } = JSON.parse(text) as Parts;
  const [other] = Object.keys(others);
  if (other !== undefined) throw new Error(`It has ${other} besides sources, transforms and sinks`);
  const components = { ...sources, ...transforms, ...sinks };
  for (const [name, { type, inputs, source }] of Object.entries(components)) {
    if (!/^[A-Za-z0-9_]+$/.test(name)) {
      throw new Error(`Component ${JSON.stringify(name)} has a name that Vector does not take`);
    }
    if (typeof type !== "string") throw new Error(`Component ${name} has no type`);
    for (const input of inputs ?? []) {
      if (!Object.keys(components).some((other) => isMeant(input, other))) {
        throw new Error(`Input ${JSON.stringify(input)} of ${name} is no component`);
      }
    }
    if (typeof source === "string") checkProgram(source, name);
  }
}

/** Tells whether an input, which may end with `*`, means a component. */
function isMeant(input: string, component: string): boolean {
  return input.endsWith("*") ? component.startsWith(input.slice(0, -1)) : component === input;
}

/** Literals, comments and brackets of a program. */
const TOKENS = /"[^"\\]*(?:\\[^][^"\\]*)*"|r'[^'\\]*(?:\\[^][^'\\]*)*'|s'|["'#[\](){}]/g;
const CLOSING: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" };

function checkProgram(source: string, name: string) {
  const open: string[] = [];
  for (const [token] of source.matchAll(TOKENS)) {
    if (token === '"' || token === "'") throw new Error(`The program of ${name} has a text that does not end`);
    if (token === "#" || token === "s'") {
      throw new Error(`The program of ${name} has a comment or raw text, which this agent does not write`);
    }
    if (Object.hasOwn(CLOSING, token)) open.push(CLOSING[token]!);
    else if (/^[)\]}]$/.test(token) && open.pop() !== token) {
      throw new Error(`The program of ${name} has ${token} too many`);
    }
  }
  if (open.length > 0) throw new Error(`The program of ${name} lacks ${open.at(-1)}`);
}
