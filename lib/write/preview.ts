/**
 * Shows what would be written, without writing, locking or creating anything.
 *
 * @module
 */
import type { Rendered } from "../render/rendered.ts";
import { type Disk, realDisk } from "./disk.ts";
import { DiskView } from "./disk_view.ts";
import { LedgerFormatError, parseLedger } from "./ledger_format.ts";
import type { OwnedKind } from "./on_disk.ts";
import { refuseSystemFolders } from "./open_places.ts";
import { type Failure, type Operation, planWrites, type Reason } from "./plan.ts";
import { Places, type Root } from "./places.ts";

/** One change that would be made. */
export interface PreviewedOperation {
  readonly path: string;
  readonly kind: Operation["kind"];
  readonly reason: Reason;
  /** Contents of the file, or target of the link, that lies there now; undefined where there is none or it cannot be read. */
  readonly before: string | undefined;
  /** Contents or target that would lie there; undefined for folders and removals. */
  readonly after: string | undefined;
}

/** What an apply would do. */
export interface Preview {
  readonly operations: readonly PreviewedOperation[];
  readonly failures: readonly Failure[];
}

/** Options of {@linkcode previewWrites}. */
export interface PreviewOptions {
  readonly agent: string;
  readonly roots: readonly Root[];
  readonly ledgerPath: string;
  readonly wanted: readonly Rendered[];
  /** Default true. */
  readonly mayRemove?: boolean;
  /** File system, default the machine's. */
  readonly disk?: Disk;
}

/**
 * Previews the writes of an agent whose writer need not run. Folders that are missing, the roots too, count as empty.
 *
 * @throws {RootError} If a root is a folder of the operating system.
 */
export async function previewWrites(options: PreviewOptions): Promise<Preview> {
  const { agent, roots, ledgerPath, wanted, mayRemove = true, disk = realDisk } = options;
  const places = new Places(roots, [ledgerPath]);
  refuseSystemFolders(places);
  const view = new DiskView(disk);
  await view.prefetch(wanted, (path) => places.refusal(path) === undefined);
  const owned = new Map([...readOwned(ledgerPath, { agent, disk })].filter(([path]) => places.folderOf(path)));
  const { operations, failures } = planWrites({ wanted, owned, current: view, places, mayRemove });
  return { operations: operations.map((operation) => withContents(operation, disk)), failures };
}

function readOwned(path: string, { agent, disk }: { agent: string; disk: Disk }): ReadonlyMap<string, OwnedKind> {
  if (disk.look(path)?.isFile !== true) return new Map();
  try {
    return parseLedger(new TextDecoder().decode(disk.read(path)), agent).owned;
  } catch (error) {
    if (error instanceof LedgerFormatError) return new Map(); // the writer moves it aside and says so
    throw error;
  }
}

function withContents(operation: Operation, disk: Disk): PreviewedOperation {
  const { path, kind, reason } = operation;
  const after = kind === "file" ? operation.wanted.contents : kind === "link" ? operation.wanted.target : undefined;
  return { path, kind, reason, before: before(path, disk), after };
}

function before(path: string, disk: Disk): string | undefined {
  try {
    const info = disk.look(path);
    if (info?.isSymlink) return disk.readLink(path);
    return info?.isFile ? new TextDecoder().decode(disk.read(path)) : undefined;
  } catch {
    return undefined;
  }
}
