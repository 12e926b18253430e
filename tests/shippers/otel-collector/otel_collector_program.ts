/**
 * An OpenTelemetry Collector of the components that the tests need, built by its own builder.
 *
 * @module
 */
import { join } from "node:path";
import { obtain } from "../obtain.ts";
import { readmeBlocks, withPaths } from "../readme_blocks.ts";
import { runCommand } from "../run_command.ts";

/** Newest version of which all components could be had. */
const VERSION = "0.149.0";
const STABLE_VERSION = "1.55.0";

const BUILD = `
dist: {name: otelcol, output_path: ./dist, version: "${VERSION}"}
receivers:
  - gomod: go.opentelemetry.io/collector/receiver/nopreceiver v${VERSION}
  - gomod: github.com/open-telemetry/opentelemetry-collector-contrib/receiver/filelogreceiver v${VERSION}
exporters:
  - gomod: go.opentelemetry.io/collector/exporter/otlphttpexporter v${VERSION}
extensions:
  - gomod: github.com/open-telemetry/opentelemetry-collector-contrib/extension/storage/filestorage v${VERSION}
providers:
  - gomod: go.opentelemetry.io/collector/confmap/provider/envprovider v${STABLE_VERSION}
  - gomod: go.opentelemetry.io/collector/confmap/provider/fileprovider v${STABLE_VERSION}
`;

/** Milliseconds that the build may take; four minutes on two cores. */
const BUILD_MS = 600_000;

/** Folder with the program `otelcol`. */
export const COLLECTOR = await obtain(`otelcol-${VERSION}`, async (folder) => {
  const options = { cwd: folder, env: { GOBIN: folder }, timeoutMs: BUILD_MS };
  const nice = ["nice", "-n", "10"] as const;
  await Deno.writeTextFile(join(folder, "builder.yaml"), BUILD);
  await runCommand([...nice, "go", "install", `go.opentelemetry.io/collector/cmd/builder@v${VERSION}`], options);
  await runCommand([...nice, join(folder, "builder"), "--config", "builder.yaml"], options);
  await Deno.rename(join(folder, "dist/otelcol"), join(folder, "otelcol"));
  await Deno.remove(join(folder, "dist"), { recursive: true });
  await Deno.remove(join(folder, "builder"));
});

/** Paths of a running Collector. */
export interface CollectorPaths {
  /** WATCHER_OTEL_COLLECTOR_DEST_PATH. */
  readonly destPath: string;
  /** First and second `--config`. */
  readonly configs: readonly [string, string];
  /** WATCHER_OTEL_COLLECTOR_PID_FILE. */
  readonly pidPath: string;
}

/** Gives paths below a folder, and writes the README's static configuration with them and the server's address. */
export async function prepareCollector(folder: string, { endpoint }: { endpoint: string }): Promise<CollectorPaths> {
  const destPath = join(folder, "dest");
  const storagePath = join(folder, "storage");
  const configPath = join(folder, "config.yaml");
  await Deno.mkdir(destPath, { recursive: true });
  await Deno.mkdir(storagePath);
  const [config] = readmeBlocks("otel-collector", "yaml");
  const text = withPaths(config!, { "/var/lib/otelcol": storagePath, "http://127.0.0.1:4318": endpoint });
  // Its own metrics have a fixed port, which another Collector may have.
  await Deno.writeTextFile(configPath, text.replace("service:\n", "service:\n  telemetry: {metrics: {level: none}}\n"));
  return { destPath, configs: [configPath, join(destPath, "klw.yaml")], pidPath: join(folder, "otelcol.pid") };
}

/** Gives the command that runs a Collector of a folder. */
export function otelcol(folder: string, configs: readonly string[], subcommand: readonly string[] = []) {
  return [
    join(folder, "otelcol"),
    ...subcommand,
    ...configs.flatMap((path) => ["--config", `file:${path}`]),
  ] as unknown as [string, ...string[]];
}
