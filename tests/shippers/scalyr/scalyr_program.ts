/**
 * The Scalyr agent, from the Python Package Index.
 *
 * @module
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { obtain, type Obtained } from "../obtain.ts";
import { runCommand, tryCommand } from "../run_command.ts";
import { ShipperProcess } from "../shipper_process.ts";

/** Newest version that the index has; it does not join partial lines of CRI, as 2.2.9 and later do. */
const VERSION = "2.2.8";

/** Folder with the agent's packages. */
export const SCALYR_AGENT: Obtained = await obtain(`scalyr-agent-${VERSION}`, async (folder) => {
  const pip = ["python3", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"] as const;
  await runCommand([...pip, "--target", folder, `scalyr-agent-2==${VERSION}`], { timeoutMs: 300_000 });
});

/** Starts the agent with a configuration file; what is not in it comes from its environment. */
export async function startScalyrAgent(
  program: string,
  { configPath, url, folder }: { configPath: string; url: string; folder: string },
): Promise<ShipperProcess> {
  const [logPath, dataPath] = [join(folder, "agent-log"), join(folder, "agent-data")];
  for (const path of [logPath, dataPath]) await Deno.mkdir(path, { recursive: true });
  const start = ["--no-fork", "--no-change-user", "--no-check-remote-server", "start"];
  return ShipperProcess.start(["python3", "-m", "scalyr_agent.agent_main", "--config-file", configPath, ...start], {
    env: {
      PYTHONPATH: program,
      PYTHONDONTWRITEBYTECODE: "1",
      LC_ALL: "C.UTF-8",
      SCALYR_API_KEY: "key-1",
      SCALYR_SERVER: url,
      SCALYR_ALLOW_HTTP: "true",
      SCALYR_CONFIG_CHANGE_CHECK_INTERVAL: "1",
      SCALYR_AGENT_LOG_PATH: logPath,
      SCALYR_AGENT_DATA_PATH: dataPath,
    },
  });
}

/** A log as the Scalyr agent understood it. */
export interface ReadLog {
  readonly path: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly parse_format: string;
  readonly sampling_rules: readonly Readonly<Record<string, unknown>>[];
  readonly redaction_rules: readonly Readonly<Record<string, unknown>>[];
}

/** Reads a configuration by the agent's own reader; the reason where it is refused. */
export async function readConfiguration(program: string, configPath: string): Promise<readonly ReadLog[] | string> {
  const script = fileURLToPath(new URL("./read_configuration.py", import.meta.url));
  const { code, stdout, stderr } = await tryCommand(["python3", script, program, configPath], {
    env: { PYTHONDONTWRITEBYTECODE: "1", LC_ALL: "C.UTF-8", SCALYR_API_KEY: "key-1" },
  });
  return code === 0 ? JSON.parse(stdout) : stderr;
}
