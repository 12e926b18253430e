/**
 * The types of the agent contract as one file, for agents outside of this program: an editor that has it checks and completes their `context.ts`.
 *
 * @module
 */
import { fileURLToPath } from "node:url";

/** Files that the contract is made of, those that others build on first. */
const SOURCES = ["../discover/container.ts", "../join/log_target.ts", "./agent.ts"];

/** Of the first file only this much belongs to the contract. */
const LOG_FORMAT = /\/\*\*(?:(?!\*\/)[^])*\*\/\nexport type LogFormat = [^;]*;/;

/** Writes the contract: types only, without imports. */
export function contractText(): string {
  const [container, target, agent] = SOURCES.map((path) =>
    Deno.readTextFileSync(fileURLToPath(new URL(path, import.meta.url)))
  );
  const parts = [LOG_FORMAT.exec(container!)![0], ...[target!, agent!].map(typesOf)];
  return `/**
 * The agent contract of kube-log-watcher: what the default export of an agent folder's \`context.ts\` must be. Types only; made by
 * \`kube-log-watcher agents new\`, and of no use to the program itself.
 *
 * @module
 */
${parts.join("\n\n")}
`;
}

/** Takes out what is no type: the module's own text, imports, what is handed on, and values. */
function typesOf(source: string): string {
  return source
    .replace(/^\/\*\*(?:(?!\*\/)[^])*@module\n \*\/\n/, "")
    .replaceAll(/^import type [^;]*;\n/gm, "")
    .replaceAll(/^export type \{[^}]*\}(?: from "[^"]*")?;\n/gm, "")
    .replaceAll(/(?:^\/\*\*(?:(?!\*\/)[^])*\*\/\n)?^export const [^]*?^(?:\}\);|\S.*;)\n/gm, "")
    .trim();
}
