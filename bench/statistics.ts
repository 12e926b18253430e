/**
 * The arithmetic of the bench: distributions, and how figures grow.
 *
 * @module
 */

/** A distribution, in the unit of its values. */
export interface Distribution {
  readonly count: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/**
 * Gives the value that a share of all values does not exceed (nearest rank: one that was measured, none in between).
 *
 * @param share From 0 to 1.
 * @throws {RangeError} If there are no values.
 */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  if (value === undefined) throw new RangeError("Cannot tell a percentile of no values");
  return value;
}

/** Sums up values. @throws {RangeError} If there are none. */
export function distribution(values: readonly number[]): Distribution {
  return {
    count: values.length,
    p50: percentile(values, 0.5),
    p95: percentile(values, 0.95),
    p99: percentile(values, 0.99),
    max: percentile(values, 1),
  };
}

/** Gives the value in the middle. @throws {RangeError} If there are none. */
export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** A measured pair. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** How a figure grows with the number of containers. */
export interface Growth {
  /** Exponent of the power law that fits best; 1 is proportional, 0 constant. */
  readonly exponent: number;
  /** Exponent between the two largest numbers alone: fixed costs weigh least there. */
  readonly lastExponent: number;
  /** Straight line that fits best: what does not depend on the number, and what each unit adds. */
  readonly constant: number;
  readonly perUnit: number;
  /** How much of the spread the line explains, 0 to 1. */
  readonly rSquared: number;
  /** Whether the growth is linear or better at the end where it matters. */
  readonly isLinear: boolean;
}

/** Exponent up to which growth counts as linear: what repeated measurements differ by. */
const LINEAR_UP_TO = 1.15;

/** Fits growth; undefined where fewer than three numbers are there. */
export function growth(points: readonly Point[]): Growth | undefined {
  const sorted = [...points].filter(({ x, y }) => x > 0 && y > 0).sort((a, b) => a.x - b.x);
  if (sorted.length < 3) return undefined;
  const logs = sorted.map(({ x, y }) => ({ x: Math.log(x), y: Math.log(y) }));
  const lastExponent = line(logs.slice(-2)).slope;
  const { slope, intercept, rSquared } = line(sorted);
  return {
    exponent: line(logs).slope,
    lastExponent,
    constant: intercept,
    perUnit: slope,
    rSquared,
    isLinear: lastExponent <= LINEAR_UP_TO,
  };
}

/** Fits a straight line by least squares. */
export function line(points: readonly Point[]): { slope: number; intercept: number; rSquared: number } {
  const meanX = mean(points.map(({ x }) => x));
  const meanY = mean(points.map(({ y }) => y));
  const spreadX = sum(points.map(({ x }) => (x - meanX) ** 2));
  const spreadY = sum(points.map(({ y }) => (y - meanY) ** 2));
  const together = sum(points.map(({ x, y }) => (x - meanX) * (y - meanY)));
  const slope = together / spreadX;
  const rSquared = spreadY === 0 ? 1 : together ** 2 / (spreadX * spreadY);
  return { slope, intercept: meanY - slope * meanX, rSquared };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function mean(values: readonly number[]): number {
  return sum(values) / values.length;
}
