/**
 * Reads Alloy's syntax where the real parser is not at hand: one statement in a line, texts as JSON has them.
 *
 * @module
 */

/** A block, or an attribute. */
export interface AlloyStatement {
  /** Name with its dots. */
  readonly name: string;
  /** Label of a block; empty where it has none, and for attributes. */
  readonly label: string;
  /** Statements of a block. */
  readonly body?: readonly AlloyStatement[];
  /** Value of an attribute; references are texts. */
  readonly value?: unknown;
}

/** Gives the statements of a file. @throws {Error} If a line is none. */
export function readAlloy(text: string): readonly AlloyStatement[] {
  const open: { name: string; label: string; body: AlloyStatement[] }[] = [{ name: "", label: "", body: [] }];
  for (const line of text.split("\n").map((one) => one.trim())) {
    const block = /^([a-z_.]+)(?: "([a-z_]*)")? \{( \})?$/.exec(line);
    const attribute = /^([a-z_]+) += (.+)$/su.exec(line);
    if (block) {
      const one = { name: block[1]!, label: block[2] ?? "", body: [] };
      open.at(-1)!.body.push(one);
      if (block[3] === undefined) open.push(one);
    } else if (attribute) open.at(-1)!.body.push({ name: attribute[1]!, label: "", value: readValue(attribute[2]!) });
    else if (line === "}" && open.length > 1) open.pop();
    else if (line !== "" && !line.startsWith("//")) throw new Error(`No statement: ${line}`);
  }
  if (open.length !== 1) throw new Error("A block does not end");
  return open[0]!.body;
}

function readValue(text: string): unknown {
  if (/^[a-z_]+\./.test(text)) return text;
  // Objects have an equals sign where JSON has a colon.
  return JSON.parse(text.startsWith("{") ? text.replaceAll(/("(?:[^"\\]|\\[^])*") = /g, "$1: ") : text);
}
