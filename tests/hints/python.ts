import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";

/** Version of Python 3; undefined where it is not there, and then the tests that need it are left out. */
export const PYTHON: string | undefined = await version();

async function version(): Promise<string | undefined> {
  try {
    const { success, stdout } = await new Deno.Command("python3", { args: ["--version"] }).output();
    if (success) return new TextDecoder().decode(stdout).trim();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  console.log("Python 3 is not there: patterns are not compared with its engine");
  return undefined;
}

const PROGRAM = `
import json, re, sys, warnings
warnings.simplefilter("ignore")
for case in json.load(sys.stdin):
    try:
        expression = re.compile(case["pattern"])
        print(json.dumps([expression.search(one) is not None for one in case["texts"]]))
    except re.error:
        print("null")
`;

/** Tells for each pattern in which of its texts Python finds it; undefined for a pattern that it does not compile. */
export async function searchWithPython(
  cases: readonly { readonly pattern: string; readonly texts: readonly string[] }[],
): Promise<(boolean[] | undefined)[]> {
  const child = spawn("python3", ["-c", PROGRAM], { stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.end(JSON.stringify(cases));
  const ended = once(child, "close");
  const output = await text(child.stdout);
  await ended;
  return output.trimEnd().split("\n").map((line) => JSON.parse(line) ?? undefined);
}
