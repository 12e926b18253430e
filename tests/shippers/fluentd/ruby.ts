/**
 * Debian's Ruby, which has what Fluentd and Fluent Bit read with: Ruby itself, the regular expressions of Onigmo, and libyaml.
 *
 * @module
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { obtainDebianPackages } from "../obtain.ts";
import { runCommand } from "../run_command.ts";

/** The packages, unpacked. */
export const RUBY = await obtainDebianPackages("debian-bookworm-ruby", ["ruby3.1", "libruby3.1", "libyaml-0-2"]);

const ANSWERS = fileURLToPath(new URL("./ruby_answers.rb", import.meta.url));

/** A line of a log: text, or bytes that are no UTF-8. */
export type Line = string | Uint8Array;

/** What Ruby is asked. */
export type Question =
  /** Whether lines match; a list of booleans. */
  | { readonly kind: "match"; readonly pattern: string; readonly lines: readonly Line[] }
  /** Named groups in the bytes of lines, in base64; null where the pattern does not match. */
  | { readonly kind: "capture"; readonly pattern: string; readonly lines: readonly Line[] }
  /** What a placeholder of record_transformer makes of lines: texts in base64, or values as they are. */
  | { readonly kind: "text" | "value"; readonly placeholder: string; readonly lines: readonly Line[] }
  /** What a text is in JSON or YAML. */
  | { readonly kind: "json" | "yaml"; readonly text: string };

/** Asks Ruby of a folder. Answers are in the order of the questions. */
export async function askRuby(folder: string, questions: readonly Question[]): Promise<readonly unknown[]> {
  const asked = questions.map((one) => "lines" in one ? { ...one, lines: one.lines.map(base64) } : one);
  const file = await Deno.makeTempFile({ suffix: ".json" });
  try {
    await Deno.writeTextFile(file, JSON.stringify(asked));
    const libraries = join(folder, "usr/lib/x86_64-linux-gnu");
    const places = [join(folder, "usr/lib/ruby/3.1.0"), join(libraries, "ruby/3.1.0")];
    const ruby = join(folder, "usr/bin/ruby3.1");
    const include = places.flatMap((place) => ["-I", place]);
    const env = { LD_LIBRARY_PATH: libraries, LC_ALL: "C.UTF-8", RUBYOPT: "", RUBYLIB: "" };
    return JSON.parse(await runCommand([ruby, "--disable-gems", ...include, ANSWERS, file], { env }));
  } finally {
    await Deno.remove(file);
  }
}

/** Reads an answer's text, with U+FFFD for what is no UTF-8. */
export function fromBase64(text: string): string {
  return new TextDecoder().decode(Uint8Array.fromBase64(text));
}

function base64(line: Line): string {
  return (typeof line === "string" ? new TextEncoder().encode(line) : line).toBase64();
}
