/**
 * Promtail, and the parser of Alloy, built from their modules.
 *
 * @module
 */
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { obtain, type Obtained } from "../obtain.ts";
import { runCommand } from "../run_command.ts";

/** Milliseconds that a build may take; Promtail's takes eight minutes on two cores. */
const BUILD_MS = 1_500_000;

/** Folder with the program `promtail`, 3.5.0: the last minor version that has it. */
export const PROMTAIL: Obtained = await obtain("promtail-3.5.0", (folder) =>
  build(folder, {
    module: "promtail_build",
    name: "promtail",
    packageName: "github.com/grafana/loki/v3/clients/cmd/promtail",
  }));

/** Folder with the program `alloy_syntax`, which reads a file of Alloy from standard input and writes it as JSON. */
export const ALLOY_SYNTAX: Obtained = await obtain(
  "alloy-syntax-0.1.0-1",
  (folder) => build(folder, { module: "alloy_syntax", name: "alloy_syntax", packageName: "." }),
);

/** Builds a program in a copy of one of the modules beside this file. */
async function build(
  folder: string,
  { module, name, packageName }: { module: string; name: string; packageName: string },
): Promise<void> {
  const source = fileURLToPath(new URL(`./${module}`, import.meta.url));
  const copy = join(folder, "module");
  await Deno.mkdir(copy);
  for (const { name: file } of Deno.readDirSync(source)) {
    await Deno.copyFile(join(source, file), join(copy, basename(file)));
  }
  // Sums of modules that are not in go.sum are taken from the checksum database.
  await runCommand(["nice", "-n", "10", "go", "build", "-mod=mod", "-o", join(dirname(copy), name), packageName], {
    cwd: copy,
    env: { CGO_ENABLED: "0" },
    timeoutMs: BUILD_MS,
  });
  await Deno.remove(copy, { recursive: true });
}
