/**
 * Runs the scale study and says what came of it.
 *
 * @module
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { downNow } from "../../tests/e2e/realnode/real_node.ts";
import { resultsFolder } from "../write_results.ts";
import { RealApi } from "./real_api.ts";
import { parseScaleOptions, type ScaleOptions, USAGE } from "./scale_options.ts";
import { scaleReport } from "./scale_report.ts";
import { studyScale } from "./scale_study.ts";

/** Folder of the kit that makes nodes. */
const KIT = Deno.env.get("REALNODE_KIT") ?? fileURLToPath(new URL("../../../shared/realnode", import.meta.url));

async function main({ sizes, steadySeconds, isQuick, output, name }: ScaleOptions): Promise<void> {
  const start = performance.now();
  const onLine = (text: string) =>
    console.error(`${((performance.now() - start) / 1000).toFixed(0).padStart(4)} s  ${text}`);
  const folder = Deno.makeTempDirSync({ prefix: "klw-scale-" });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    Deno.addSignalListener(signal, () => {
      downNow(KIT, folder);
      Deno.exit(1);
    });
  }
  onLine(`Bringing up an API server in ${folder}`);
  await using api = await RealApi.up(KIT, folder);
  const results = await studyScale(api, { sizes, steadySeconds, onLine });
  const json = JSON.stringify(results, null, 2);
  Deno.mkdirSync(resultsFolder({ isQuick }), { recursive: true });
  Deno.writeTextFileSync(`${resultsFolder({ isQuick })}${name}.json`, json + "\n");
  console.log(output === "json" ? json : scaleReport(results));
}

function whyNot(): string | undefined {
  try {
    Deno.statSync(join(KIT, "up"));
  } catch {
    return `There is no ${join(KIT, "up")}; have the variable REALNODE_KIT name the folder of a kit that makes nodes`;
  }
  return Deno.uid() === 0 ? undefined : "A real API server needs root; run this as root";
}

function optionsOrEnd(): ScaleOptions {
  if (Deno.args.includes("--help")) {
    console.log(USAGE);
    Deno.exit(0);
  }
  try {
    return parseScaleOptions(Deno.args);
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${USAGE}`);
    Deno.exit(2);
  }
}

if (import.meta.main) {
  const options = optionsOrEnd();
  const reason = whyNot();
  if (reason !== undefined) {
    console.error(reason);
    Deno.exit(1);
  }
  await main(options);
  Deno.exit(0);
}
