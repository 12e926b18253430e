/**
 * Finds agent folders.
 *
 * @module
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Folder of the agents that come with the program. */
export const BUILT_IN_AGENTS = fileURLToPath(new URL("../../agents", import.meta.url));

/** Two folders claim one agent name, or a folder of agents cannot be read. */
export class FindAgentsError extends Error {
  override name = "FindAgentsError";
}

/**
 * Lists agent folders: those of the program and those of additional places.
 *
 * @param places Additional folders that hold agent folders.
 * @returns Absolute folder by name of the agent, sorted by name.
 * @throws {FindAgentsError} If a place cannot be read or is an agent itself, or a name is there twice.
 */
export function findAgents(places: readonly string[] = []): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const place of [BUILT_IN_AGENTS, ...places]) {
    for (const [name, folder] of agentsIn(place)) {
      const other = found.get(name);
      if (other !== undefined) {
        throw new FindAgentsError(
          `Cannot add agent ${name} of ${folder}: ${other} has that name already; rename the folder`,
        );
      }
      found.set(name, folder);
    }
  }
  return new Map([...found].sort(([a], [b]) => a < b ? -1 : 1));
}

function agentsIn(place: string): [string, string][] {
  if (isFile(join(place, "context.ts"))) {
    throw new FindAgentsError(
      `Cannot take ${place} as a folder of agents: it is an agent itself; name the folder that holds it, ${
        join(place, "..")
      }`,
    );
  }
  try {
    return [...Deno.readDirSync(place)]
      .filter((entry) => /^[a-z][a-z0-9-]*$/.test(entry.name) && isFile(join(place, entry.name, "context.ts")))
      .map((entry) => [entry.name, join(place, entry.name)]);
  } catch (cause) {
    throw new FindAgentsError(
      `Cannot read the folder of agents ${place}: ${
        (cause as Error).message
      }; correct --agents-path or WATCHER_AGENTS_PATH`,
      { cause },
    );
  }
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
