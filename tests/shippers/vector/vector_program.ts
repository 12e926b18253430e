/**
 * Vector's transforms `remap` and `reduce` with Vector's own language, built from its crate.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { obtain, type Obtained } from "../obtain.ts";
import { readmeBlocks } from "../readme_blocks.ts";
import { runCommand } from "../run_command.ts";

const SOURCE = fileURLToPath(new URL("./vrl_pipeline", import.meta.url));
const FILES = ["Cargo.toml", "Cargo.lock", "src/main.rs", "src/component.rs", "src/reduce.rs"];

/** Milliseconds that the build may take; three minutes on two cores. */
const BUILD_MS = 1_200_000;

/** Folder with the program `vrl-pipeline`; another one when its sources change. */
export const VRL_PIPELINE: Obtained = await obtain(`vrl-pipeline-0.38.0-${await sumOfSources()}`, async (folder) => {
  const target = join(folder, "target");
  const manifest = join(SOURCE, "Cargo.toml");
  await runCommand(["nice", "-n", "10", "cargo", "build", "--quiet", "--locked", "--manifest-path", manifest], {
    env: { CARGO_TARGET_DIR: target },
    timeoutMs: BUILD_MS,
  });
  await Deno.rename(join(target, "debug/vrl-pipeline"), join(folder, "vrl-pipeline"));
  await Deno.remove(target, { recursive: true });
});

/** A configuration of Vector, as far as it is JSON. */
export type VectorConfig = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** An event of Vector. */
export type VectorEvent = Readonly<Record<string, unknown>> & { readonly message: string };

/** Gives the README's static configuration. */
export function staticConfig(): VectorConfig {
  const { data_dir: _, ...config } = parse(readmeBlocks("vector", "yaml")[0]!);
  return config;
}

/** What came out, or why Vector would not load the configurations. */
export type Transformed = { readonly events: readonly VectorEvent[] } | { readonly errors: readonly string[] };

/**
 * Runs lines of logs through configurations.
 *
 * @param lines Lines that each source reads, by its name.
 * @param at Component whose events are given.
 */
export async function transform(
  folder: string,
  { configs, lines, at }: {
    configs: readonly VectorConfig[];
    lines: Readonly<Record<string, readonly string[]>>;
    at: string;
  },
): Promise<Transformed> {
  const events = Object.fromEntries(
    Object.entries(lines).map(([source, list]) => [
      source,
      list.map((message) => ({ message, file: "/a.log", host: "vector-x", source_type: "file" })),
    ]),
  );
  const command = new Deno.Command(join(folder, "vrl-pipeline"), { stdin: "piped", stdout: "piped", stderr: "piped" });
  await using child = command.spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(JSON.stringify({ configs, events, at })));
  await writer.close();
  const { code, stdout, stderr } = await child.output();
  if (code !== 0) throw new Error(`vrl-pipeline ended with ${code}: ${new TextDecoder().decode(stderr)}`);
  return JSON.parse(new TextDecoder().decode(stdout));
}

/** Makes a short sum of the program's sources. */
async function sumOfSources(): Promise<string> {
  const texts = FILES.map((name) => Deno.readTextFileSync(join(dirname(SOURCE), "vrl_pipeline", name)));
  const sum = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(texts.join("\0")));
  return new Uint8Array(sum).toHex().slice(0, 12);
}
