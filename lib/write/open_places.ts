/**
 * Opens the places that an agent writes to: everything that has to be in order before the first write.
 *
 * @module
 */
import { dirname } from "node:path";
import type { Log } from "../observe/log.ts";
import type { Disk } from "./disk.ts";
import { Ledger } from "./ledger.ts";
import { OutputLock } from "./lock.ts";
import { Places, type Root } from "./places.ts";
import { probeRoot, RootError } from "./probe.ts";
import { RootFolders } from "./root_folders.ts";
import { sweepTemporaryFiles } from "./sweep.ts";
import { systemFolderProblem } from "./system_folders.ts";

/** What to open. */
export interface OpenOptions {
  readonly agent: string;
  readonly roots: readonly Root[];
  readonly ledgerPath: string;
  readonly lockPath: string;
  readonly log: Log;
  readonly disk: Disk;
}

/** Places in order: there, usable, ours alone, free of what a killed watcher left. */
export interface OpenedPlaces {
  readonly places: Places;
  readonly folders: RootFolders;
  /** Held; whoever opened it has to dispose it. */
  readonly lock: OutputLock;
  readonly ledger: Ledger;
}

/**
 * Makes the roots where they are missing, probes them, takes the lock, reads the ledger and clears what a killed watcher left behind.
 *
 * @throws {RootError} If a root cannot be made or used.
 * @throws {OutputsInUseError} If another watcher writes there.
 * @throws {LockError} If the lock file cannot be used.
 * @throws {WriteError} If the ledger can be neither read nor moved aside.
 */
export async function openPlaces(options: OpenOptions): Promise<OpenedPlaces> {
  const { agent, roots, ledgerPath, lockPath, log, disk } = options;
  const places = new Places(roots, [ledgerPath, `${ledgerPath}.corrupt`, lockPath]);
  const folders = new RootFolders(places.folders, log);
  refuseSystemFolders(places);
  makeFolders(folders, { ledgerPath, log });
  for (const root of places.roots) await probeRoot(root, { owner: agent, disk });
  const lock = OutputLock.take(lockPath);
  try {
    return { places, folders, lock, ledger: await openLedger(options, places) };
  } catch (error) {
    lock[Symbol.dispose]();
    throw error;
  }
}

/**
 * Refuses what a slip of the pen or a variable that is not set would make of a destination. A setting that names one file may name one in such a folder.
 *
 * @throws {RootError} If a root is a folder of the operating system, or a link to one.
 */
export function refuseSystemFolders({ roots }: Places): void {
  for (const { path, kind } of roots) {
    const problem = kind === "directory"
      ? systemFolderProblem(path) ?? systemFolderProblem(realPathOf(path))
      : undefined;
    if (problem !== undefined) throw new RootError(path, problem);
  }
}

/** Resolves links; a path that does not exist is what it is. */
function realPathOf(path: string): string {
  try {
    return Deno.realPathSync(path);
  } catch {
    return path;
  }
}

function makeFolders(folders: RootFolders, { ledgerPath, log }: { ledgerPath: string; log: Log }): void {
  const { failures } = new RootFolders([dirname(ledgerPath)], log).check();
  const [failure] = [...folders.check().failures, ...failures];
  if (failure !== undefined) throw new RootError(failure.path, failure.reason);
}

async function openLedger({ agent, ledgerPath, disk, log }: OpenOptions, places: Places): Promise<Ledger> {
  const roots = new Map(places.folders.map((folder) => [folder, Deno.realPathSync(folder)]));
  const ledger = await Ledger.open({ path: ledgerPath, agent, roots, disk, log });
  const owned = Array.from(ledger.owned).filter(([, kind]) => kind === "directory").map(([path]) => path);
  const folders = new Set([Deno.realPathSync(dirname(ledgerPath)), ...roots.values(), ...owned]);
  sweepTemporaryFiles(folders, { owner: agent, disk, log });
  return ledger;
}
