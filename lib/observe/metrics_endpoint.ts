/**
 * Serves metrics for Prometheus and health for the kubelet. Values are read when they are asked for; between two scrapes this costs nothing.
 *
 * @module
 */
import type { Log } from "./log.ts";

/** A value, alone or by label values. */
export type Reading = number | readonly (readonly [labels: Readonly<Record<string, string>>, value: number])[];

/** A metric that is read when it is asked for. Names and units follow Prometheus' conventions. */
export interface ReadMetric {
  readonly name: string;
  readonly help: string;
  /** A counter only grows; a gauge is a state. */
  readonly type: "counter" | "gauge";
  /** Names of labels, default none. */
  readonly labels?: readonly string[];
  read(): Reading;
}

/** Takes note of a number of equal observations; of none, so that there is a series from which the first one is a step. */
export type Observe = (labels: Readonly<Record<string, string>>, value: number, count: number) => void;

/** A metric that takes note of each observation. */
export interface HistogramMetric {
  readonly name: string;
  readonly help: string;
  readonly type: "histogram";
  readonly labels: readonly string[];
  /** Upper bounds of its buckets, ascending. */
  readonly buckets: readonly number[];
  /** Is called once: from then on observations go to `observe`. */
  begin(observe: Observe): void;
}

/** One metric. */
export type Metric = ReadMetric | HistogramMetric;

/** Why the program is not ready, or not healthy; empty if it is. */
export type Complaints = () => readonly string[];

/** Options of {@linkcode serveMetrics}. */
export interface MetricsEndpointOptions {
  readonly port: number;
  readonly metrics: readonly Metric[];
  /** For /readyz. */
  readonly notReady: Complaints;
  /** For /healthz. */
  readonly notHealthy: Complaints;
  readonly log: Log;
}

/**
 * Opens the endpoint: /metrics, /healthz, /readyz.
 *
 * @throws {Error} If the port cannot be opened; the message says what to change.
 */
export async function serveMetrics(options: MetricsEndpointOptions): Promise<AsyncDisposable> {
  const { port, metrics, notReady, notHealthy, log } = options;
  const { registry, contentType } = await register(metrics);
  const answer = async (request: Request): Promise<Response> => {
    switch (new URL(request.url).pathname) {
      case "/metrics":
        return new Response(await registry.metrics(), { headers: { "content-type": contentType } });
      case "/healthz":
        return health(notHealthy());
      case "/readyz":
        return health(notReady());
      default:
        return new Response("There are /metrics, /healthz and /readyz\n", { status: 404 });
    }
  };
  try {
    const server = Deno.serve({ port, onListen: () => {} }, answer);
    log.info("Metrics are served", { port });
    return { [Symbol.asyncDispose]: () => server.shutdown() };
  } catch (cause) {
    throw new Error(
      `Cannot open port ${port} for metrics: ${(cause as Error).message}; choose another with --metrics-port`,
      { cause },
    );
  }
}

function health(complaints: readonly string[]): Response {
  if (complaints.length === 0) return new Response("ok\n");
  return new Response(complaints.map((complaint) => `${complaint}\n`).join(""), { status: 503 });
}

/** Loads the Prometheus library only where metrics are asked for: it costs memory that an idle watcher should not. */
async function register(metrics: readonly Metric[]) {
  const { Counter, Gauge, Histogram, Registry } = await import("prom-client");
  const registry = new Registry();
  for (const metric of metrics) {
    const { name, help, labels = [] } = metric;
    const options = { name, help, labelNames: [...labels], registers: [registry] };
    if (metric.type === "histogram") {
      const histogram = new Histogram({ ...options, buckets: [...metric.buckets] });
      metric.begin((labels, value, count) => {
        if (count === 0) histogram.zero(labels);
        for (let index = 0; index < count; index++) histogram.observe(labels, value);
      });
      continue;
    }
    const { type, read } = metric;
    if (type === "counter") {
      new Counter({
        ...options,
        collect() {
          this.reset();
          for (const [values, value] of rows(read())) this.inc(values, value);
        },
      });
    } else {
      new Gauge({
        ...options,
        collect() {
          this.reset();
          for (const [values, value] of rows(read())) this.set(values, value);
        },
      });
    }
  }
  return { registry, contentType: registry.contentType };
}

function rows(reading: Reading): readonly (readonly [Readonly<Record<string, string>>, number])[] {
  return typeof reading === "number" ? [[{}, reading]] : reading;
}
