/**
 * A program that reads logs configurations with the libraries that the Datadog agent has: Go's regexp, and yaml.v2.
 *
 * @module
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { obtain } from "../obtain.ts";
import { runCommand, tryCommand } from "../run_command.ts";

const SOURCE = fileURLToPath(new URL("./logs_config/", import.meta.url));
const FILES = ["main.go", "go.mod", "go.sum"].map((name) => Deno.readFileSync(join(SOURCE, name)));
const DIGEST = await crypto.subtle.digest("SHA-256", await new Blob(FILES).arrayBuffer());

/** The program, built; its key holds a digest of its source. */
export const LOGS_CONFIG = await obtain(
  `datadog-logs-config-${new Uint8Array(DIGEST).toHex().slice(0, 12)}`,
  async (folder) => {
    const options = { cwd: SOURCE, env: { CGO_ENABLED: "0", GOFLAGS: "-mod=readonly" }, timeoutMs: 300_000 };
    await runCommand(["nice", "-n", "10", "go", "build", "-o", join(folder, "logs_config"), "."], options);
  },
);

/** An event as it would be sent. */
export interface DatadogEvent {
  readonly tags: readonly string[];
  readonly service: string;
  readonly source: string;
  readonly message: string;
}

/**
 * Reads files and the logs that they name.
 *
 * @param folder Folder of the program.
 * @throws {Error} If the Datadog agent would leave a file out.
 */
export async function shippedBy(folder: string, files: readonly string[]): Promise<readonly DatadogEvent[]> {
  const { code, stdout, stderr } = await tryCommand([join(folder, "logs_config"), ...files]);
  if (code !== 0) throw new Error(stderr);
  return stdout.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
}
