/**
 * Reads the metrics of a running program.
 *
 * @module
 */

const PREFIX = "kube_log_watcher_";

/** Finds a port that is free now. */
export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

/**
 * Fetches /metrics of a port of this machine.
 * @returns Values by name without its prefix, labels included, e.g. `repairs_total{agent="scalyr"}`; undefined as long as nothing answers.
 */
export async function scrape(port: number): Promise<ReadonlyMap<string, number> | undefined> {
  let text: string;
  try {
    const response = await fetch(`http://127.0.0.1:${port}/metrics`);
    text = await response.text();
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
  return new Map(
    text.split("\n").filter((line) => line.startsWith(PREFIX)).map((line) => {
      const end = line.lastIndexOf(" ");
      return [line.slice(PREFIX.length, end), Number(line.slice(end + 1))];
    }),
  );
}

/** Adds up a metric over its labels. */
export function total(metrics: ReadonlyMap<string, number> | undefined, name: string): number {
  return [...metrics ?? []].filter(([key]) => key === name || key.startsWith(`${name}{`))
    .reduce((sum, [, value]) => sum + value, 0);
}
