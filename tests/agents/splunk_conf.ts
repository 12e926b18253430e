/**
 * Reads inputs.conf as Splunk reads it: a line that ends with a backslash goes on with the next one.
 *
 * @module
 */
import assert from "node:assert/strict";

/** A stanza: its settings by name, `_meta` taken apart into its fields. */
export interface SplunkStanza {
  readonly header: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly fields: Readonly<Record<string, string>>;
}

/** Reads a file. @throws {AssertionError} If a line is none of Splunk's, or a stanza has a setting twice. */
export function parseSplunkConf(text: string): readonly SplunkStanza[] {
  const stanzas: { header: string; settings: Record<string, string> }[] = [];
  for (const line of text.replaceAll("\\\n", "").split(/[\n\r]/)) {
    if (line.trim() === "" || line.startsWith("#")) continue;
    const header = /^\s*\[(.*)\]\s*$/.exec(line)?.[1];
    if (header !== undefined) {
      stanzas.push({ header, settings: {} });
      continue;
    }
    const [, name, value] = /^([^=\s]+)\s*=\s*(.*?)\s*$/.exec(line) ?? assert.fail(`Line ${JSON.stringify(line)}`);
    const { settings } = stanzas.at(-1) ?? assert.fail("A setting before all stanzas");
    assert.ok(!Object.hasOwn(settings, name!), `${name} twice`);
    settings[name!] = value!;
  }
  return stanzas.map(({ header, settings: { _meta = "", ...settings } }) => ({
    header,
    settings,
    fields: fieldsOf(_meta),
  }));
}

function fieldsOf(meta: string): Record<string, string> {
  const pairs = meta.split(" ").filter((pair) => pair !== "").map((pair) => {
    const [, name, value] = /^(\w+)::([\w.:/@+,=-]+)$/.exec(pair) ?? assert.fail(`Field ${JSON.stringify(pair)}`);
    assert.ok(!value!.includes("::"));
    return [name!, value!] as const;
  });
  return Object.fromEntries(pairs);
}
