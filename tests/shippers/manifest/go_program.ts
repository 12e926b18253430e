/**
 * Gets programs that the Go module proxy has.
 *
 * @module
 */
import { obtain, type Obtained } from "../obtain.ts";
import { runCommand } from "../run_command.ts";

/** Milliseconds that downloads and the build may take on a slow machine. */
const BUILD_MS = 1_200_000;

/**
 * Installs a program, once.
 *
 * @param name Name of the program.
 * @param module Its package and version, e.g. `helm.sh/helm/v3/cmd/helm@v3.16.4`.
 */
export function goProgram(name: string, module: string): Promise<Obtained> {
  return obtain(`${name}-${module.slice(module.lastIndexOf("@") + 1)}`, async (folder) => {
    const env = { CGO_ENABLED: "0", GOBIN: folder, GOFLAGS: "" };
    await runCommand(["nice", "-n", "10", "go", "install", "-ldflags=-s -w", module], { env, timeoutMs: BUILD_MS });
  });
}
