/**
 * Joins what several agents say of the pod that they share.
 *
 * @module
 */
import { parse } from "yaml";
import type { SharedSection, Sidecar } from "./sidecar.ts";

/** Two agents, or an agent and the base, use one name for different things. */
export class ManifestError extends Error {
  override readonly name = "ManifestError";
}

/** An item of a section, and who wants it. */
export interface SharedItem {
  /** Its line, or lines, with the comments before it. */
  readonly text: string;
  readonly agents: readonly string[];
}

/** @throws {ManifestError} If two sidecars have containers or volumes of one name. */
export function refuseDoubleNames(sidecars: readonly Sidecar[]): void {
  const sections = [["containers", "initContainers"], ["volumes"]] as const;
  for (const names of sections) {
    const owners = new Map<string, string>();
    for (const { agent, lists } of sidecars) {
      for (const [, name] of names.flatMap((section) => [...lists[section].matchAll(/^- name: (\S+)/gm)])) {
        const other = owners.get(name!);
        if (other !== undefined) {
          throw new ManifestError(`Agents ${other} and ${agent} both have ${name} among their ${names[0]}; rename one`);
        }
        owners.set(name!, agent);
      }
    }
  }
}

/** Lists what agents want of a section, each item once. @throws {ManifestError} If two want different values of a field. */
export function joinShared(sidecars: readonly Sidecar[], section: SharedSection): readonly SharedItem[] {
  const items = new Map<string, SharedItem & { value: string }>();
  for (const { agent, shared } of sidecars) {
    for (const { key, value, text } of itemsOf(shared[section])) {
      const known = items.get(key);
      if (known && known.value !== value) {
        throw new ManifestError(`Agents ${known.agents.join(", ")} and ${agent} differ about ${key} of the ${section}`);
      }
      items.set(key, { text: known?.text ?? text, value, agents: [...known?.agents ?? [], agent] });
    }
  }
  return [...items.values()];
}

/** Cuts a section into its items, which are not indented; comments belong to the item after them. */
function itemsOf(section: string): { key: string; value: string; text: string }[] {
  const items: string[][] = [[]];
  for (const line of section.split("\n").filter((line) => line !== "")) {
    const isWhole = items.at(-1)!.some((before) => !before.startsWith("#"));
    if (isWhole && !/^\s/.test(line)) items.push([]);
    items.at(-1)!.push(line);
  }
  return items.filter((lines) => lines.length > 0).map((lines) => {
    const first = lines.find((line) => !line.startsWith("#")) ?? "";
    const key = first.startsWith("- ") ? first.slice(2) : first.replace(/:.*$/, "");
    return { key, value: JSON.stringify(parse(lines.join("\n"))), text: lines.join("\n") };
  });
}

/** Annotations that keep the watcher from having the shippers' own output shipped, without the heading comment. */
export function exclusionsOf({ lists }: Sidecar): string {
  const names = [...lists.containers.matchAll(/^- name: (\S+)/gm)].map(([, name]) => name!);
  return names.map((name) => `kubernetes-log-watcher/exclude.${name}: "true"`).join("\n");
}
