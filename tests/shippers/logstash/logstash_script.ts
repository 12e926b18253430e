/**
 * The script of Logstash's pipeline on JRuby, on which Logstash runs it; what is around it stands in for Logstash itself.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { obtain } from "../obtain.ts";
import { readmeBlocks } from "../readme_blocks.ts";
import { runCommand } from "../run_command.ts";
import { ShipperProcess } from "../shipper_process.ts";

/** JRuby of Logstash 8.16 and later is a 9.4. */
const VERSION = "9.4.8.0";
const RUN_SCRIPT = fileURLToPath(new URL("./run_script.rb", import.meta.url));

/** Folder with `jruby.jar`. */
export const JRUBY = await obtain(`jruby-${VERSION}`, async (folder) => {
  const artifact = `org.jruby:jruby-complete:${VERSION}`;
  const options = { cwd: folder, timeoutMs: 300_000 };
  await runCommand(["java", "-version"], options);
  await runCommand(
    ["mvn", "-q", "-B", "dependency:copy", `-Dartifact=${artifact}`, `-DoutputDirectory=${folder}`],
    options,
  );
  await Deno.rename(join(folder, `jruby-complete-${VERSION}.jar`), join(folder, "jruby.jar"));
});

/** Paths of a running script. */
export interface ScriptPaths {
  /** WATCHER_LOGSTASH_DEST_PATH. */
  readonly destPath: string;
  readonly containersPath: string;
  readonly scriptPath: string;
  readonly outPath: string;
}

/** Gives paths below a folder, and writes the README's script there. */
export async function prepareScript(folder: string): Promise<ScriptPaths> {
  const destPath = join(folder, "dest");
  const scriptPath = join(folder, "klw.rb");
  await Deno.mkdir(destPath, { recursive: true });
  const [script] = readmeBlocks("logstash", "ruby");
  await Deno.writeTextFile(scriptPath, script!);
  return {
    destPath,
    containersPath: join(destPath, "containers.json"),
    scriptPath,
    outPath: join(folder, "out.json"),
  };
}

/** Starts the script, and waits until it follows files. */
export async function startScript(
  folder: string,
  { destPath, containersPath, scriptPath, outPath }: ScriptPaths,
): Promise<ShipperProcess> {
  const shipper = ShipperProcess.start([
    "java",
    "-Xmx512m",
    "-jar",
    join(folder, "jruby.jar"),
    RUN_SCRIPT,
    scriptPath,
    containersPath,
    join(destPath, "*/*.log"),
    outPath,
  ]);
  await shipper.until("the script follows files", () => shipper.output.includes("ready"));
  return shipper;
}
