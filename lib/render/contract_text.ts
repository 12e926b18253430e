/**
 * The types of the agent contract as one file, for agents outside of this program: an editor that has it checks and completes their `context.ts`.
 *
 * @module
 */
import { fileURLToPath } from "node:url";

/** Of this file only one type belongs to the contract. */
const CONTAINER = "discover/container.ts";
const LOG_FORMAT = /\/\*\*(?:(?!\*\/)[^])*\*\/\nexport type LogFormat = [^;]*;/;

/** Writes the contract: types only, without imports. */
export function contractText(): string {
  const parts = sources(new URL("./agent.ts", import.meta.url)).map(({ href }) => {
    const source = Deno.readTextFileSync(fileURLToPath(href));
    return href.endsWith(CONTAINER) ? LOG_FORMAT.exec(source)![0] : typesOf(source);
  });
  return `/**
 * The agent contract of kube-log-watcher: what the default export of an agent folder's \`context.ts\` must be. Types only; made by
 * \`kube-log-watcher agents new\`, and of no use to the program itself.
 *
 * @module
 */
${parts.join("\n\n")}
`;
}

/** Lists the files that a file takes types from, those that others build on first, and the file itself. */
function sources(file: URL, known = new Map<string, URL>()): readonly URL[] {
  const isLeaf = file.href.endsWith(CONTAINER);
  const text = isLeaf ? "" : Deno.readTextFileSync(fileURLToPath(file));
  for (const [, path] of text.matchAll(/^(?:import|export) [^;]*? from "(\.[^"]+)";$/gm)) {
    const used = new URL(path!, file);
    if (!known.has(used.href)) sources(used, known);
  }
  known.set(file.href, file);
  return [...known.values()];
}

/** Takes out what is no type: the module's own text, imports, what is handed on, and values. */
function typesOf(source: string): string {
  return source
    .replace(/^\/\*\*(?:(?!\*\/)[^])*@module\n \*\/\n/, "")
    .replaceAll(/^(?:import|export) (?:type )?\{[^}]*\}(?: from "[^"]*")?;\n/gm, "")
    .replaceAll(/(?:^\/\*\*(?:(?!\*\/)[^])*\*\/\n)?^export const [^]*?^(?:\}\);|\S.*;)\n/gm, "")
    .trim();
}
