/**
 * Keeps what a bench found: the figures as JSON, plots beside them.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { figuresThatGrow, type Series, seriesOf } from "./growing_figures.ts";
import { checkGoals } from "./goals.ts";
import { describeMachine } from "./machine.ts";
import { plot } from "./plot.ts";
import type { Results } from "./results.ts";

/** Writes the files. @returns Their paths. */
export function writeResults(results: Results, { name }: { name: string }): readonly string[] {
  const folder = resultsFolder(results);
  Deno.mkdirSync(folder, { recursive: true });
  const files = [
    [`${name}.json`, jsonOf(results)] as const,
    [`${name}-latency.svg`, latencyPlot(results)] as const,
    [`${name}-memory.svg`, memoryPlot(results)] as const,
  ];
  return files.flatMap(([file, contents]) => {
    if (contents === undefined) return [];
    Deno.writeTextFileSync(folder + file, contents);
    return folder + file;
  });
}

/** Tells where results are kept: those of quick runs are not for comparing and lie where nobody commits them. */
export function resultsFolder({ isQuick }: { isQuick: boolean }): string {
  return fileURLToPath(new URL(isQuick ? "../artefacts/bench/" : "results/", import.meta.url));
}

/** Writes figures, fits and goals as JSON. */
export function jsonOf(results: Results): string {
  const growth = figuresThatGrow(results).map(({ figure, unit, growth }) => ({ figure, unit, ...growth }));
  return JSON.stringify({ ...results, growth, goals: checkGoals(results) }, null, 2) + "\n";
}

/** Draws times over the number of containers. */
export function latencyPlot(results: Results): string | undefined {
  const wanted = /^(first sync|log created|label patched|full scan, processor).*cri$/;
  return drawn(results, { title: "Time over containers, CRI layout", unit: "ms", wanted });
}

/** Draws memory over the number of containers. */
export function memoryPlot(results: Results): string | undefined {
  return drawn(results, { title: "Memory when idle, three agents", unit: "MB", wanted: /memory/ });
}

function drawn(
  results: Results,
  { title, unit, wanted }: { title: string; unit: string; wanted: RegExp },
): string | undefined {
  const series: readonly Series[] = seriesOf(results).filter(({ figure }) => wanted.test(figure));
  return plot({ title, subtitle: describeMachine(results.machine), unit, series });
}
