/**
 * YAML with places: each value knows its line and column, and what is wrong with it is collected.
 *
 * @module
 */
import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, visit } from "yaml";
import { sortByPlace } from "./placed_problem.ts";

/** A value with its place. */
export interface YamlNode {
  readonly value: unknown;
  readonly node: Node | null;
  /** The key that it stands under. */
  readonly key: Node | null;
}

/** Words for mistakes that the parser describes for programmers. */
const WORDS: Readonly<Partial<Record<string, string>>> = {
  MULTIPLE_DOCS: "a second document begins; the file must have one",
  DUPLICATE_KEY: "this key is there already",
};

/** A file of YAML 1.2, in which keys are unique and there are no aliases to others' values. */
export class YamlFile {
  readonly #path: string;
  readonly #lines = new LineCounter();
  readonly #problems: string[] = [];
  readonly root: YamlNode;
  /** Whether it is no YAML, so that nothing of it was read. */
  readonly isBroken: boolean;

  constructor(text: string, path: string) {
    this.#path = path;
    const document = parseDocument(text, {
      version: "1.2",
      uniqueKeys: true,
      strict: true,
      lineCounter: this.#lines,
      prettyErrors: false,
    });
    for (const { code, message, pos } of [...document.errors, ...document.warnings]) {
      this.#problems.push(`${this.#at(pos[0])}: ${WORDS[code] ?? message.split("\n")[0]}`);
    }
    visit(document, {
      Alias: (_, { range, source }) =>
        void this.#problems.push(
          `${this.#at(range?.[0] ?? 0)}: an alias has no place here; write out what *${source} is`,
        ),
    });
    this.isBroken = this.#problems.length > 0;
    const value: unknown = this.isBroken ? undefined : document.toJS({ maxAliasCount: 0 });
    this.root = { value: value ?? {}, node: this.isBroken ? null : document.contents as Node | null, key: null };
  }

  /** What is wrong, by place. */
  get problems(): readonly string[] {
    return sortByPlace([...new Set(this.#problems)], this.#path);
  }

  /** How much is wrong; more after something was found. */
  get problemCount(): number {
    return this.#problems.length;
  }

  /** Names the place of a value, `<path>:<line>:<column>`. */
  place(node: YamlNode | Node | null): string {
    const found = node !== null && "node" in node ? node.node : node as Node | null;
    return this.#at(found?.range?.[0] ?? 0);
  }

  /** Says what is wrong with a value. @param text A sentence without a full stop. */
  problem(node: YamlNode | Node | null, text: string): void {
    this.#problems.push(`${this.place(node)}: ${text}`);
  }

  /** Lists the entries of a map; says so and gives none where it is no map. */
  entries({ node, value }: YamlNode, what: string): readonly (readonly [string, YamlNode])[] {
    if (node === null || value === null) return [];
    if (!isMap(node)) {
      this.problem(node, `expected ${what} to be a map`);
      return [];
    }
    return node.items.map(({ key, value: item }) => {
      const name = isScalar(key) ? String(key.value) : String(key);
      const inner = (value as Record<string, unknown>)[name];
      return [name, { value: inner, node: item as Node | null, key: key as Node }] as const;
    });
  }

  /** Lists the items of a list; says so and gives none where it is no list. */
  items({ node, value }: YamlNode, what: string): readonly YamlNode[] {
    if (node === null || value === null) return [];
    if (!isSeq(node)) {
      this.problem(node, `expected ${what} to be a list`);
      return [];
    }
    return node.items.map((item, index) => ({
      value: (value as unknown[])[index],
      node: item as Node,
      key: item as Node,
    }));
  }

  #at(offset: number): string {
    const { line, col } = this.#lines.linePos(offset);
    return `${this.#path}:${Math.max(line, 1)}:${Math.max(col, 1)}`;
  }
}
