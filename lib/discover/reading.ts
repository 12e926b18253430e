/**
 * What reading one folder gives, and how two readings of it differ.
 *
 * @module
 */
import type { Container, NotFollowed } from "./container.ts";
import type { FolderStamps } from "./folder_stamps.ts";

/** A container found, with what decides when two files claim the same key. */
export interface Found {
  readonly key: string;
  readonly container: Container;
  /** When the runtime made it, milliseconds since 1970; 0 where the disk does not say. */
  readonly createdMs: number;
}

/** What one folder holds. */
export interface FolderReading {
  readonly found: readonly Found[];
  readonly notFollowed: readonly NotFollowed[];
  /** False when a part of it could not be read; `found` then holds what was known of that part before. */
  readonly isComplete: boolean;
  /** Stamps of all folders that were listed for it, if another reading gives the same as long as they have these. */
  readonly stamps?: FolderStamps;
}

/** The reading of a folder that holds nothing. */
export const NOTHING: FolderReading = Object.freeze({ found: [], notFollowed: [], isComplete: true });

/** Makes the reading of a folder that is not followed. */
export function notFollowing(notFollowed: NotFollowed): FolderReading {
  return { found: [], notFollowed: [notFollowed], isComplete: true };
}

/** Makes the reading of a folder that could not be read: what was known of it stays. */
export function unreadableFolder(notFollowed: NotFollowed, known: readonly Found[] = []): FolderReading {
  return { found: known, notFollowed: [notFollowed], isComplete: false };
}

/** Differences between readings, gathered over the folders of one scan; what came and went again in between is in none of them. */
export class Changes {
  readonly removed = new Set<Found>();
  readonly added = new Set<Found>();
  readonly noLongerSkipped = new Set<NotFollowed>();
  readonly newlySkipped = new Set<NotFollowed>();

  /** Tells whether nothing changed. */
  get isEmpty(): boolean {
    return this.removed.size + this.added.size + this.noLongerSkipped.size + this.newlySkipped.size === 0;
  }

  /** Takes in what became of one folder; gives the reading to keep, with the objects of the old one where they are equal. */
  record(previous: FolderReading, next: FolderReading): FolderReading {
    if (previous === next) return previous;
    const found = next.found.map((one) => previous.found.find((old) => isSameFound(old, one)) ?? one);
    const notFollowed = next.notFollowed.map((one) => previous.notFollowed.find((old) => isSameSkip(old, one)) ?? one);
    change({ from: previous.found, to: found }, { removed: this.removed, added: this.added });
    change(
      { from: previous.notFollowed, to: notFollowed },
      { removed: this.noLongerSkipped, added: this.newlySkipped },
    );
    const { isComplete, stamps } = next;
    return { found, notFollowed, isComplete, ...(stamps ? { stamps } : {}) };
  }
}

function change<T>(
  { from, to }: { readonly from: readonly T[]; readonly to: readonly T[] },
  { removed, added }: { readonly removed: Set<T>; readonly added: Set<T> },
): void {
  for (const old of from) if (!to.includes(old) && !added.delete(old)) removed.add(old);
  for (const one of to) if (!from.includes(one)) added.add(one);
}

function isSameSkip(one: NotFollowed, other: NotFollowed): boolean {
  return one.key === other.key && one.code === other.code && one.reason === other.reason;
}

function isSameFound(one: Found, other: Found): boolean {
  if (one === other) return true;
  const a = one.container;
  const b = other.container;
  return one.key === other.key && one.createdMs === other.createdMs && a.layout === b.layout && a.id === b.id &&
    a.logPath === b.logPath && a.logFormat === b.logFormat && a.image === b.image && a.podName === b.podName &&
    a.namespace === b.namespace;
}
