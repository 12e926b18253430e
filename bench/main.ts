/**
 * Measures the program and says what came of it.
 *
 * @module
 */
import { type BenchOptions, parseBenchOptions, USAGE } from "./bench_options.ts";
import { measure } from "./measure.ts";
import { profile } from "./profile.ts";
import type { Results } from "./results.ts";
import { report } from "./report.ts";
import { jsonOf, writeResults } from "./write_results.ts";

async function main(options: BenchOptions): Promise<number> {
  const start = performance.now();
  const onLine = (text: string) =>
    console.error(`${((performance.now() - start) / 1000).toFixed(0).padStart(4)} s  ${text}`);
  if (options.profile !== undefined) {
    await profile(options, { folder: options.profile, onLine });
    return 0;
  }
  await using nodes = new AsyncDisposableStack();
  const onPart = (part: Results) => void writeResults(part, options);
  const results = await measure(options, { onLine, onPart, nodes });
  for (const path of writeResults(results, options)) onLine(path);
  console.log(options.output === "json" ? jsonOf(results).trimEnd() : report(results));
  for (const failure of results.failures) console.error(`Not measured: ${failure}`);
  onLine("removing the nodes");
  return results.failures.length > 0 ? 1 : 0;
}

function optionsOrEnd(): BenchOptions {
  if (Deno.args.includes("--help")) {
    console.log(USAGE);
    Deno.exit(0);
  }
  try {
    return parseBenchOptions(Deno.args);
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${USAGE}`);
    Deno.exit(2);
  }
}

if (import.meta.main) Deno.exit(await main(optionsOrEnd()));
