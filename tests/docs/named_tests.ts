/**
 * Finds tests by the names that documents give them.
 *
 * @module
 */
import { join } from "node:path";

/** Text of every file of tests, by path. */
export function testFiles(folder: string): Map<string, string> {
  const files = new Map<string, string>();
  for (const entry of Deno.readDirSync(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory && entry.name !== "fixtures" && entry.name !== "golden") {
      for (const [name, text] of testFiles(path)) files.set(name, text);
    } else if (entry.isFile && entry.name.endsWith(".ts")) {
      files.set(path, Deno.readTextFileSync(path));
    }
  }
  return files;
}

/** Tells whether a test of this name exists: in one piece, or as the beginning of a template with the rest as data of its folder. */
export function hasTest(name: string, files: ReadonlyMap<string, string>): boolean {
  const texts = [...files.values()];
  if (texts.some((text) => text.includes(name))) return true;
  const starts = texts.flatMap((text) => [...text.matchAll(/Deno\.test\(`([^`$]+)\$\{/g)].map((match) => match[1]!));
  return starts.some((start) =>
    name.startsWith(start) && texts.some((text) => text.includes(`"${name.slice(start.length)}"`))
  );
}
