/**
 * Runs a soak and says what came of it. The last line is `N passed, N failed`; with `--output json` it is on stderr.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { Checks } from "../e2e/realnode/checks.ts";
import { memoryTable } from "./memory_table.ts";
import { plot } from "./plot.ts";
import { soak, type SoakResult } from "./soak.ts";
import { checkSoak, figuresOf } from "./soak_checks.ts";
import { parseSoakOptions, type SoakOptions, USAGE } from "./soak_options.ts";

const ARTEFACTS = fileURLToPath(new URL("../../artefacts/", import.meta.url));
/** Time that start, rests and end take, and the warm-up, in seconds. */
const AROUND_SECONDS = 40;
const WARM_UP_SECONDS = 12;

async function main(options: SoakOptions): Promise<boolean> {
  const { minutes, pods, seed, output } = options;
  // Checks are printed by console.log: JSON alone on stdout needs them elsewhere.
  if (output === "json") console.log = console.error;
  const churnSeconds = minutes * 60 - AROUND_SECONDS - WARM_UP_SECONDS;
  const result = await soak({
    seed,
    churnSeconds,
    pods,
    warmUpSeconds: WARM_UP_SECONDS,
    onLine: (text) => console.log(text),
  });
  const plotPath = writePlot(result, options);
  const checks = new Checks();
  console.log(JSON.stringify(figuresOf(result), null, 2));
  console.log(memoryTable(result.sampler.of("churn")));
  console.log(`Plot: ${plotPath}`);
  checkSoak(result, { checks });
  if (output === "json") {
    const value = {
      ...options,
      isFine: !checks.hasFailed,
      figures: figuresOf(result),
      samples: result.sampler.samples,
    };
    console.info(JSON.stringify(value));
  }
  console.log(checks.totals());
  return !checks.hasFailed;
}

function writePlot({ sampler, second }: SoakResult, { seed }: SoakOptions): string {
  Deno.mkdirSync(ARTEFACTS, { recursive: true });
  const path = `${ARTEFACTS}soak.svg`;
  Deno.writeTextFileSync(path, plot(sampler.samples, `${second.pods} pods, seed ${seed}`));
  return path;
}

function optionsOrEnd(): SoakOptions {
  if (Deno.args.includes("--help")) {
    console.log(USAGE);
    Deno.exit(0);
  }
  try {
    return parseSoakOptions(Deno.args);
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${USAGE}`);
    Deno.exit(2);
  }
}

if (import.meta.main) Deno.exit(await main(optionsOrEnd()) ? 0 : 1);
