/**
 * The ledger's file format, version 1: lines of JSON.
 *
 *     {"format":"kube-log-watcher ledger","version":1,"agent":"scalyr","roots":{"/dest":"/dest"}}
 *     {"own":[["file","/dest/a.json"]]}
 *     {"drop":["/dest/a.json"]}
 *
 * The first line says whose ledger it is and where each root really led (links resolved). Every further line adds entries or
 * takes some away. A line is appended by one write, so a crash can only cut the last one, which then never counted. Thus a change costs
 * one short line, however many files an agent has.
 *
 * @module
 */
import type { OwnedKind } from "./on_disk.ts";
import { isPlainPath } from "./places.ts";

const FORMAT = "kube-log-watcher ledger";
const VERSION = 1;

/** A ledger's text is not one, or not one of this agent. */
export class LedgerFormatError extends Error {
  override name = "LedgerFormatError";
}

/** What a ledger says. */
export interface LedgerText {
  readonly agent: string;
  /** Root as the operator named it, and the folder that it was, links resolved. */
  readonly roots: Readonly<Record<string, string>>;
  /** Oldest first. */
  readonly owned: Map<string, OwnedKind>;
}

/** Writes a whole ledger, one entry per line. */
export function writeLedger({ agent, roots, owned }: LedgerText): string {
  const sortedRoots = Object.fromEntries(Object.entries(roots).sort(([a], [b]) => a < b ? -1 : 1));
  const head = JSON.stringify({ format: FORMAT, version: VERSION, agent, roots: sortedRoots });
  return [head, ...Array.from(owned, ([path, kind]) => `{"own":[${JSON.stringify([kind, path])}]}`), ""].join("\n");
}

/** Writes the line that adds entries. */
export function ownLine(entries: Iterable<readonly [path: string, kind: OwnedKind]>): string {
  return JSON.stringify({ own: Array.from(entries, ([path, kind]) => [kind, path]) }) + "\n";
}

/** Writes the line that takes entries away. */
export function dropLine(paths: readonly string[]): string {
  return JSON.stringify({ drop: paths }) + "\n";
}

/**
 * Reads a ledger. What follows the last line break was cut by a crash and is left out.
 *
 * @param agent Whose ledger it must be.
 * @throws {LedgerFormatError} If a line is not what this format has, or it is the ledger of another agent.
 */
export function parseLedger(text: string, agent: string): LedgerText {
  const [first = "", ...lines] = text.slice(0, text.lastIndexOf("\n") + 1).split("\n").slice(0, -1);
  const roots = parseHead(first, agent);
  const owned = new Map<string, OwnedKind>();
  lines.forEach((line, index) => parseLine(line, { owned, number: index + 2 }));
  return { agent, roots, owned };
}

function parseHead(line: string, agent: string): Record<string, string> {
  const head = parseObject(line, 1);
  if (head.format !== FORMAT) throw new LedgerFormatError(`Line 1 does not say that this is a ${FORMAT}`);
  if (head.version !== VERSION) {
    throw new LedgerFormatError(`Version is ${JSON.stringify(head.version)}, this program reads version ${VERSION}`);
  }
  if (head.agent !== agent) throw new LedgerFormatError(`Agent is ${JSON.stringify(head.agent)} and not "${agent}"`);
  if (!isRecord(head.roots) || !Object.entries(head.roots).flat().every(isPath)) {
    throw new LedgerFormatError("Line 1 does not name the roots");
  }
  return head.roots as Record<string, string>;
}

function parseLine(line: string, { owned, number }: { owned: Map<string, OwnedKind>; number: number }): void {
  const { own = [], drop = [] } = parseObject(line, number);
  if (!Array.isArray(own) || !Array.isArray(drop) || !own.every(isEntry) || !drop.every(isPath)) {
    throw new LedgerFormatError(`Line ${number} lists something that is no path of a file, link or directory`);
  }
  for (const [kind, path] of own as [OwnedKind, string][]) owned.set(path, kind);
  for (const path of drop as string[]) owned.delete(path);
}

function parseObject(line: string, number: number): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(line);
    if (isRecord(value)) return value;
  } catch (error) {
    throw new LedgerFormatError(`Line ${number} is not JSON`, { cause: error });
  }
  throw new LedgerFormatError(`Line ${number} is not a JSON object`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isPath(value: unknown): boolean {
  return typeof value === "string" && (value === "/" || isPlainPath(value));
}

function isEntry(value: unknown): boolean {
  return Array.isArray(value) && value.length === 2 && isPath(value[1]) &&
    (value[0] === "file" || value[0] === "link" || value[0] === "directory");
}
