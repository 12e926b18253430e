/**
 * Promtail's configuration in a test.
 *
 * @module
 */
import { join } from "node:path";
import { readmeBlocks, withPaths } from "../readme_blocks.ts";
import type { LokiServer } from "./loki_server.ts";
import { withPipeline } from "./promtail_pipeline.ts";

/**
 * Writes the README's configuration of Promtail with the paths of a test.
 *
 * @param pipeline Module of Alloy whose stages are taken instead of the README's.
 */
export async function preparePromtail(folder: string, loki: LokiServer, pipeline?: string): Promise<string> {
  const [text] = readmeBlocks("alloy", "yaml");
  const changed = withPaths(text!, {
    "/var/lib/promtail": folder,
    "/etc/alloy/klw": join(folder, "klw"),
    "http://127.0.0.1:3100/loki/api/v1/push": loki.url,
    "http_listen_port: 9080": "http_listen_port: 0",
    "refresh_interval: 30s": "refresh_interval: 1s",
  });
  await Deno.mkdir(join(folder, "klw"), { recursive: true });
  const path = join(folder, "promtail.yaml");
  await Deno.writeTextFile(path, pipeline === undefined ? changed : withPipeline(changed, pipeline));
  return path;
}
