/**
 * Finds where in an agent's folder a mistake is, from what its sandbox said.
 *
 * @module
 */
import { join } from "node:path";
import type { Mistake, MistakePlace } from "./page_content.ts";

/** `input.yaml.eta:9` or `context.ts:41:20`: files of the folder itself. */
const PLACE = /(?<![\w./-])([\w-][\w.-]*\.(?:eta|ts|js)):(\d{1,6})(?::(\d{1,6}))?/g;
/** What a template's mistake is told with, see `runtimeError` of the sandbox; what stands in it may look like a place. */
const QUOTED_LINE = /; the line is: [^]*$/;
/** Lines shown before and after the one with the mistake. */
const AROUND = 4;
/** Longest line that is shown. */
const MAX_LINE = 400;
const MAX_FILE_BYTES = 1024 * 1024;

/** Describes a mistake, with the lines around its place. Of several places, includes of includes, the innermost counts. */
export function mistakeOf(message: string, folder: string): Mistake {
  // The line itself is shown with those around it.
  const said = message.replace(QUOTED_LINE, "");
  const found = [...said.matchAll(PLACE)].at(-1);
  if (!found) return { message };
  const [, file, line, column] = found;
  const place: MistakePlace = {
    file: file!,
    line: Number(line),
    ...(column === undefined ? {} : { column: Number(column) }),
  };
  // The place is shown by itself.
  const text = said.replace(`${found[0]}: `, "").replace(` (${found[0]})`, "");
  const lines = readLines(join(folder, file!));
  if (!lines || place.line < 1 || place.line > lines.length) return { message: text, place };
  const first = Math.max(1, place.line - AROUND);
  const shown = lines.slice(first - 1, place.line + AROUND).map((text) => text.slice(0, MAX_LINE));
  return { message: text, place: { ...place, excerpt: { first, lines: shown } } };
}

/** Reads a file of the folder; a message may name any, so a link out of the folder is not followed. */
function readLines(path: string): readonly string[] | undefined {
  try {
    const folder = Deno.realPathSync(join(path, ".."));
    const real = Deno.realPathSync(path);
    const { isFile, size } = Deno.statSync(real);
    if (!real.startsWith(`${folder}/`) || !isFile || size > MAX_FILE_BYTES) return undefined;
    return Deno.readTextFileSync(real).split(/\r?\n/);
  } catch {
    return undefined;
  }
}
