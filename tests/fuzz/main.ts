/**
 * Tries the promises about bad input with many random cases: `deno task fuzz [--seed N] [--runs N] [--only WORD]`.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { AgentHost } from "../../lib/render/agent_host.ts";
import { FOUND_CASES } from "./found_cases.ts";
import { AGENT_NAMES, PROPERTIES, propertyOfAgent } from "./properties.ts";
import type { Outcome, Property } from "./property.ts";

/** Time between two lines of progress, in milliseconds. */
const PROGRESS_MS = 5_000;

interface Result extends Outcome {
  readonly label: string;
  readonly seconds: number;
}

function options() {
  const { values } = parseArgs({
    args: Deno.args,
    options: { seed: { type: "string" }, runs: { type: "string", default: "10000" }, only: { type: "string" } },
  });
  const seed = values.seed === undefined ? crypto.getRandomValues(new Int32Array(1))[0]! : Number(values.seed);
  const cases = Number(values.runs);
  if (!Number.isInteger(seed) || seed !== (seed | 0)) {
    throw new RangeError(`--seed is ${values.seed}, expected a 32-bit integer`);
  }
  if (!Number.isInteger(cases) || cases < 1) throw new RangeError(`--runs is ${values.runs}, expected a number from 1`);
  return { seed, cases, only: values.only ?? "" };
}

async function run(property: Property, { seed, cases }: { seed: number; cases: number }): Promise<Result> {
  const started = performance.now();
  let shown = started;
  const outcome = await property.run({
    seed,
    cases,
    onProgress(tried) {
      if (performance.now() - shown < PROGRESS_MS) return;
      shown = performance.now();
      console.log(`${property.label}: ${tried} of ${cases} cases`);
    },
  });
  const seconds = (performance.now() - started) / 1000;
  const result = { ...outcome, label: property.label, seconds };
  console.log(`${property.label}: ${outcome.failure ? "FAILED" : "ok"}`);
  if (outcome.failure) report(property, outcome.failure);
  return result;
}

/** Shows the case that failed, and keeps it whole in a temporary file. */
function report({ name, subject }: Property, { value, message, seed }: NonNullable<Outcome["failure"]>) {
  const json = JSON.stringify({ found: message.split("\n")[0], value }, null, 2);
  const path = Deno.makeTempFileSync({ prefix: `klw-fuzz-${subject}-`, suffix: ".json" });
  Deno.writeTextFileSync(path, json);
  console.log(`
Does not hold: ${name}
${message}

With seed ${seed}: ${json.length > 3_000 ? json.slice(0, 3_000) + "..." : json}

The whole case is in ${path}; it belongs into ${FOUND_CASES}/${subject}/ under a name that says what it is
`);
}

function table(results: readonly Result[]): string {
  const rows = results.map(({ label, cases, seconds, failure }) =>
    `${label.padEnd(24)} ${String(cases).padStart(8)} ${seconds.toFixed(1).padStart(9)}  ${failure ? "FAILED" : "ok"}`
  );
  return [`${"what".padEnd(24)} ${"cases".padStart(8)} ${"seconds".padStart(9)}`, ...rows].join("\n");
}

const { seed, cases, only } = options();
console.log(`Seed ${seed}, at least ${cases} cases each`);
const results: Result[] = [];
{
  // Four times what an agent has otherwise: a busy machine is no promise broken, an annotation that takes forever is.
  await using host = new AgentHost({ limits: { requestMs: 12_000 } });
  for (const property of PROPERTIES) {
    if (property.label.includes(only)) results.push(await run(property, { seed, cases }));
  }
  for (const name of AGENT_NAMES) {
    if (!`agent ${name}`.includes(only)) continue;
    results.push(await run(await propertyOfAgent(name, host), { seed, cases }));
  }
}
const failed = results.filter(({ failure }) => failure).length;
console.log(`\n${table(results)}\n\n${results.length - failed} passed, ${failed} failed (seed ${seed})`);
if (failed > 0) Deno.exit(1);
