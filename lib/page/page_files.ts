/**
 * The files of the preview page itself.
 *
 * @module
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Their folder. */
export const PAGE_FOLDER = fileURLToPath(new URL("../../templates/preview_page", import.meta.url));

const TYPES: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  svg: "image/svg+xml",
};

/** A file as it is sent. */
export interface PageAsset {
  readonly type: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Reads the files, by the path of their URL; `/` is the page. */
export async function readPageFiles(): Promise<ReadonlyMap<string, PageAsset>> {
  const found = new Map<string, PageAsset>();
  for await (const { name, isFile } of Deno.readDir(PAGE_FOLDER)) {
    const type = TYPES[name.split(".").at(-1)!];
    if (!isFile || type === undefined) continue;
    found.set(name === "index.html" ? "/" : `/${name}`, { type, bytes: await Deno.readFile(join(PAGE_FOLDER, name)) });
  }
  return found;
}
