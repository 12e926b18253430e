/**
 * Draws the memory over time as SVG.
 *
 * @module
 */
import type { Sample } from "./sampler.ts";

const [WIDTH, HEIGHT, LEFT, BOTTOM, TOP] = [960, 360, 60, 40, 30];
const COLORS = { rss: "#1f5fa8", treeRss: "#c05010" } as const;
const SHADES: Readonly<Record<string, string>> = { "warm-up": "#f4f4e8", churn: "#eef4ee" };

/** Draws resident memory of the watcher, and of it with its agents; phases of churn are shaded. */
export function plot(samples: readonly Sample[], title: string): string {
  const seconds = Math.max(1, ...samples.map((sample) => sample.seconds));
  const megabytes = niceAbove(Math.max(1, ...samples.map(({ treeRss }) => treeRss / 2 ** 20)));
  const x = (at: number) => (LEFT + at / seconds * (WIDTH - LEFT - 20)).toFixed(1);
  const y = (mb: number) => (HEIGHT - BOTTOM - mb / megabytes * (HEIGHT - BOTTOM - TOP)).toFixed(1);
  const line = (key: keyof typeof COLORS) =>
    `<polyline fill="none" stroke="${COLORS[key]}" stroke-width="1.5" points="${
      samples.map((sample) => `${x(sample.seconds)},${y(sample[key] / 2 ** 20)}`).join(" ")
    }"/>`;
  const text = (at: string, height: string | number, words: string, more = "") =>
    `<text x="${at}" y="${height}" ${more}>${words}</text>`;
  const quarters = [0, 0.25, 0.5, 0.75, 1];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="white"/>`,
    ...shades(samples).map(({ from, to, color }) =>
      `<rect x="${x(from)}" y="${TOP}" width="${(Number(x(to)) - Number(x(from))).toFixed(1)}" height="${
        HEIGHT - BOTTOM - TOP
      }" fill="${color}"/>`
    ),
    ...quarters.map((part) =>
      `<line x1="${LEFT}" x2="${WIDTH - 20}" y1="${y(part * megabytes)}" y2="${y(part * megabytes)}" stroke="#ccc"/>` +
      text(String(LEFT - 6), y(part * megabytes), `${part * megabytes} MB`, 'text-anchor="end"') +
      text(x(part * seconds), HEIGHT - BOTTOM + 18, `${Math.round(part * seconds)} s`, 'text-anchor="middle"')
    ),
    line("treeRss"),
    line("rss"),
    text(String(LEFT), 18, escaped(title)),
    text(
      String(WIDTH - 20),
      18,
      `<tspan fill="${COLORS.rss}">watcher</tspan> <tspan fill="${COLORS.treeRss}">with its agents</tspan>`,
      'text-anchor="end"',
    ),
    "</svg>\n",
  ].join("\n");
}

/** Lists the stretches of time that are shaded. */
function shades(samples: readonly Sample[]): { from: number; to: number; color: string }[] {
  const found: { from: number; to: number; color: string }[] = [];
  for (const [index, { phase, seconds }] of samples.entries()) {
    const color = SHADES[phase];
    if (color === undefined) continue;
    const last = found.at(-1);
    if (last !== undefined && samples[index - 1]?.phase === phase) last.to = seconds;
    else found.push({ from: seconds, to: seconds, color });
  }
  return found;
}

function niceAbove(value: number): number {
  return Math.ceil(value / 40) * 40;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
