/**
 * A running Prometheus that scrapes one watcher and has the alerts.
 *
 * @module
 */
import { join } from "node:path";
import { stringify } from "yaml";
import { freePort } from "../../faults/metrics_scrape.ts";
import { ALERTS } from "../../monitoring/shipped.ts";
import { ShipperProcess } from "../shipper_process.ts";

/** Options of {@linkcode Prometheus.start}. */
export interface PrometheusOptions {
  /** Folder for its configuration and data. */
  readonly path: string;
  /** Port of the watcher's metrics. */
  readonly port: number;
}

/** A running Prometheus. Disposing of it ends it. */
export class Prometheus implements AsyncDisposable {
  readonly process: ShipperProcess;
  readonly #url: string;

  private constructor(process: ShipperProcess, url: string) {
    this.process = process;
    this.#url = url;
  }

  /** Starts the one of an unpacked package, and waits until it can be asked. */
  static async start(folder: string, { path, port }: PrometheusOptions): Promise<Prometheus> {
    const config = {
      global: { scrape_interval: "1s", evaluation_interval: "1s" },
      rule_files: [ALERTS],
      scrape_configs: [{ job_name: "kube-log-watcher", static_configs: [{ targets: [`127.0.0.1:${port}`] }] }],
    };
    const file = join(path, "prometheus.yml");
    await Deno.writeTextFile(file, stringify(config));
    const address = `127.0.0.1:${freePort()}`;
    const process = ShipperProcess.start([
      join(folder, "usr/bin/prometheus"),
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(path, "data")}`,
      `--web.listen-address=${address}`,
    ]);
    const prometheus = new Prometheus(process, `http://${address}`);
    await process.until("Prometheus is ready", () => prometheus.#isReady());
    return prometheus;
  }

  /** Asks its API. @returns The data of the answer. @throws {Error} If it refuses. */
  async ask(path: string): Promise<unknown> {
    const response = await fetch(this.#url + path);
    const { status, data, error } = await response.json();
    if (status !== "success") throw new Error(`${path}: ${error}`);
    return data;
  }

  /** Evaluates an expression. @returns Its series. */
  async query(expression: string): Promise<readonly unknown[]> {
    const { result } = await this.ask(`/api/v1/query?query=${encodeURIComponent(expression)}`) as { result: unknown[] };
    return result;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.process[Symbol.asyncDispose]();
  }

  async #isReady(): Promise<boolean> {
    try {
      const response = await fetch(`${this.#url}/-/ready`);
      await response.body?.cancel();
      return response.ok;
    } catch {
      return false;
    }
  }
}
