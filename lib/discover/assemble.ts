/**
 * Puts together what all folders hold, each key once, at a cost that depends on the changes and not on the node.
 *
 * @module
 */
import type { Container, NotFollowed } from "./container.ts";
import type { Changes, Found } from "./reading.ts";
import { compareKeys, SortedList } from "./sorted_list.ts";

/** The sorted containers, and those not followed. */
export class Assembly {
  readonly #containers = new SortedList<Container>();
  readonly #notFollowed = new SortedList<NotFollowed>();
  /** All that claim to be a container, by its key; nearly always one. */
  readonly #claims = new Map<string, readonly Found[]>();
  /** Those left out because another claims the same key, by that key. */
  readonly #doubles = new Map<string, readonly NotFollowed[]>();
  /** Logs in Docker's folder: those of its containers, and the keys of the kubelet's links to them. */
  readonly #dockerLogs = new Set<string>();
  readonly #linkKeys = new Map<string, string>();

  /** Takes in changes and gives the lists. */
  apply(changes: Changes): { readonly containers: readonly Container[]; readonly notFollowed: readonly NotFollowed[] } {
    const touched = new Set<string>();
    for (const found of changes.removed) this.#touch(found, { touched, isThere: false });
    for (const found of changes.added) this.#touch(found, { touched, isThere: true });
    this.#settle(touched);
    this.#notFollowed.change({ removed: changes.noLongerSkipped, added: changes.newlySkipped });
    return { containers: this.#containers.items, notFollowed: this.#allNotFollowed() };
  }

  #touch(found: Found, { touched, isThere }: { touched: Set<string>; isThere: boolean }): void {
    const { key, container: { layout, logPath } } = found;
    touched.add(key);
    const others = (this.#claims.get(key) ?? []).filter((other) => other !== found);
    const claims = isThere ? [...others, found] : others;
    if (claims.length === 0) this.#claims.delete(key);
    else this.#claims.set(key, claims);
    if (layout === "docker") {
      if (isThere) this.#dockerLogs.add(logPath);
      else this.#dockerLogs.delete(logPath);
      touched.add(this.#linkKeys.get(logPath) ?? key);
    } else if (logPath.endsWith("-json.log")) {
      if (isThere) this.#linkKeys.set(logPath, key);
      else if (this.#linkKeys.get(logPath) === key) this.#linkKeys.delete(logPath);
    }
  }

  /** Decides anew which container each key stands for. */
  #settle(keys: ReadonlySet<string>): void {
    const removed = new Set<Container>();
    const added = new Set<Container>();
    for (const key of keys) {
      const claims = (this.#claims.get(key) ?? []).filter(({ container }) => !this.#isDockersLog(container));
      const [winner, ...losers] = claims.toSorted(compareClaims).map(({ container }) => container);
      const before = this.#containers.find(key);
      if (before !== undefined && before !== winner) removed.add(before);
      if (winner !== undefined && before !== winner) added.add(winner);
      if (winner === undefined || losers.length === 0) this.#doubles.delete(key);
      else this.#doubles.set(key, losers.map((loser) => doubled(loser, winner)));
    }
    this.#containers.change({ removed, added });
  }

  #allNotFollowed(): readonly NotFollowed[] {
    if (this.#doubles.size === 0) return this.#notFollowed.items;
    return [...this.#notFollowed.items, ...[...this.#doubles.values()].flat()].sort(compareKeys);
  }

  /** Tells whether a log of the kubelet's folder is a link to one that Docker's folder gave already. */
  #isDockersLog({ layout, logPath }: Container): boolean {
    return layout === "cri" && this.#dockerLogs.has(logPath);
  }
}

function doubled(container: Container, winner: Container): NotFollowed {
  const { id, logPath, containerName, podName, namespace, restart } = container;
  const who = `restart ${restart} of container ${containerName} of pod ${namespace}/${podName}`;
  return {
    key: id ?? logPath,
    path: logPath,
    code: "malformed",
    reason: `${logPath} and ${winner.logPath} both claim to be ${who}; the latter, newer one is followed`,
  };
}

/** Sorts the one to follow first: what lies in the kubelet's folder now, then the newest of Docker's. */
function compareClaims(a: Found, b: Found): number {
  return layoutRank(a) - layoutRank(b) || b.createdMs - a.createdMs ||
    (a.container.logPath < b.container.logPath ? -1 : 1);
}

function layoutRank({ container }: Found): number {
  return container.layout === "cri" ? 0 : 1;
}
