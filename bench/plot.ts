/**
 * Draws figures over the number of containers as SVG, both axes logarithmic, readable on light and dark pages.
 *
 * @module
 */
import type { Series } from "./growing_figures.ts";

const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [760, 420, 70, 20, 66, 50];
/** Told apart by those who see colours differently too (Okabe and Ito); bright enough for dark pages. */
const COLORS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#b58900", "#56b4e9"];
/** The page's own colours: an SVG in an `img` follows the reader's preference, not the page. */
const STYLE = `<style>
  text { font: 12px sans-serif; fill: #24292f }
  .title { font-size: 15px; font-weight: bold }
  .paper { fill: #ffffff }
  .grid { stroke: #d0d7de }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 }
    .paper { fill: #0d1117 }
    .grid { stroke: #30363d }
  }
</style>`;

/** What is drawn. */
export interface PlotOptions {
  readonly title: string;
  /** The machine and versions. */
  readonly subtitle: string;
  /** Unit of the values. */
  readonly unit: string;
  readonly series: readonly Series[];
}

/** Draws; undefined where there is no series of two numbers. */
export function plot({ title, subtitle, unit, series: all }: PlotOptions): string | undefined {
  const series = all.map((one) => ({ ...one, points: one.points.filter(({ x, y }) => x > 0 && y > 0) }))
    .filter(({ points }) => points.length > 1);
  const points = series.flatMap(({ points }) => points);
  if (points.length === 0) return undefined;
  const across = axis(points.map(({ x }) => x), { from: LEFT, to: WIDTH - RIGHT });
  const up = axis(points.map(({ y }) => y), { from: HEIGHT - BOTTOM, to: TOP });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${
      escaped(title)
    }">`,
    STYLE,
    `<rect class="paper" width="${WIDTH}" height="${HEIGHT}"/>`,
    text(LEFT, 22, { words: title, more: 'class="title"' }),
    text(LEFT, 40, { words: subtitle, more: 'style="font-size:10px"' }),
    ...up.ticks.map((value) => gridLine({ x1: LEFT, x2: WIDTH - RIGHT, y1: up.at(value), y2: up.at(value) })),
    ...up.ticks.map((value) =>
      text(LEFT - 6, up.at(value) + 4, { words: `${label(value)} ${unit}`, more: 'text-anchor="end"' })
    ),
    ...distinct(points.map(({ x }) => x)).flatMap((value) => [
      gridLine({ x1: across.at(value), x2: across.at(value), y1: TOP, y2: HEIGHT - BOTTOM }),
      text(across.at(value), HEIGHT - BOTTOM + 18, { words: label(value), more: 'text-anchor="middle"' }),
    ]),
    text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10, { words: "containers on the node", more: 'text-anchor="middle"' }),
    ...series.flatMap(({ figure, points }, index) => {
      const color = COLORS[index % COLORS.length]!;
      const sorted = [...points].sort((a, b) => a.x - b.x).map(({ x, y }) => [across.at(x), up.at(y)] as const);
      return [
        `<polyline fill="none" stroke="${color}" stroke-width="2" points="${
          sorted.map(([x, y]) => `${fixed(x)},${fixed(y)}`).join(" ")
        }"/>`,
        ...sorted.map(([x, y]) => `<circle cx="${fixed(x)}" cy="${fixed(y)}" r="3.5" fill="${color}"/>`),
        `<rect x="${LEFT + 10}" y="${TOP + 8 + index * 18}" width="12" height="12" fill="${color}"/>`,
        text(LEFT + 28, TOP + 18 + index * 18, { words: figure }),
      ];
    }),
    "</svg>\n",
  ].join("\n");
}

/** Makes a logarithmic axis whose ends are 1, 2 or 5 times a power of ten. */
function axis(values: readonly number[], { from, to }: { from: number; to: number }) {
  const steps = Array.from({ length: 16 }, (_, index) => index - 5).flatMap((power) =>
    [1, 2, 5].map((step) => step * 10 ** power)
  );
  const least = steps.findLast((step) => step <= Math.min(...values)) ?? steps[0]!;
  const most = steps.find((step) => step >= Math.max(...values) && step > least) ?? steps.at(-1)!;
  const scale = (to - from) / Math.log(most / least);
  return {
    at: (value: number) => from + scale * Math.log(value / least),
    ticks: steps.filter((step) => step >= least && step <= most),
  };
}

function text(x: number, y: number, { words, more = "" }: { words: string; more?: string }): string {
  return `<text x="${fixed(x)}" y="${fixed(y)}" ${more}>${escaped(words)}</text>`;
}

function gridLine({ x1, x2, y1, y2 }: { x1: number; x2: number; y1: number; y2: number }): string {
  return `<line class="grid" x1="${fixed(x1)}" x2="${fixed(x2)}" y1="${fixed(y1)}" y2="${fixed(y2)}"/>`;
}

function distinct(values: readonly number[]): readonly number[] {
  return [...new Set(values)].sort((a, b) => a - b);
}

function label(value: number): string {
  return Number(value.toPrecision(3)).toLocaleString("en-US", { maximumFractionDigits: 4 });
}

function fixed(value: number): string {
  return value.toFixed(1);
}

function escaped(words: string): string {
  return words.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
