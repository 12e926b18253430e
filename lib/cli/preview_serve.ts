/**
 * Serves the preview page until the signal, and tells it of each save.
 *
 * @module
 */
import { dirname } from "node:path";
import { servePage } from "../page/serve_page.ts";
import type { Commands, ConfiguredAgents, PageOptions, PageView } from "./commands.ts";
import { UsageError } from "./failure.ts";
import { saves } from "./saves.ts";
import type { Terminal } from "./terminal.ts";

/** Port of the page where none is given. */
export const PAGE_PORT = 7380;

/** The program was started without the permission to serve. */
export class PagePermissionError extends Error {
  override readonly name = "PagePermissionError";
}

/** Options of {@linkcode servePreview}. */
export interface ServePreviewOptions extends PageOptions {
  readonly commands: Pick<Commands, "openPage">;
  readonly terminal: Terminal;
  /** As given; undefined: {@linkcode PAGE_PORT}, or any that is free where that is taken. */
  readonly port: number | undefined;
}

/** Serves. */
export async function servePreview(configured: ConfiguredAgents, options: ServePreviewOptions): Promise<void> {
  const { commands, terminal, port, signal } = options;
  await refuseWithoutNetwork(port ?? PAGE_PORT);
  const subject = await commands.openPage(configured, options);
  const isEnded = Promise.withResolvers<void>();
  signal.addEventListener("abort", () => isEnded.resolve(), { once: true });
  if (signal.aborted) return;
  await using page = await open(port, (port) => servePage({ subject, port }));
  const { configPath } = configured.config;
  const places = [...subject.folders, ...configPath === undefined ? [] : [configPath]];
  const take = async () => page.saved(await subject.refresh());
  const tell = (error: Error) =>
    terminal.note(`warning: Saves are not noticed any more: ${error.message}; "Look again" on the page takes them in`);
  const watching = [watchFolders(subject, { signal, take })];
  if (configPath !== undefined) watching.push(watchConfig(configPath, { signal, take }));
  const told = watching.map((one) => one.catch(tell));
  await terminal.out(`The page is at ${page.url}\n`);
  await terminal.note(`Waiting for saves in ${places.join(", ")}; Ctrl-C ends it`);
  await isEnded.promise;
  await Promise.all(told);
}

interface Taker {
  readonly signal: AbortSignal;
  readonly take: () => Promise<void>;
}

async function watchFolders(subject: PageView, { signal, take }: Taker): Promise<void> {
  for await (const _ of saves(subject.folders, { signal })) if (subject.isBehind()) await take();
}

/** Watches the file's folder, in which others may write, too. */
async function watchConfig(path: string, { signal, take }: Taker): Promise<void> {
  let text = readText(path);
  for await (const _ of saves([dirname(path)], { signal, isDeep: false })) {
    const now = readText(path);
    if (now === text) continue;
    text = now;
    await take();
  }
}

/** At once, so that no save is missed; one that cannot be read differs from what could. */
function readText(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}

/** @throws {UsageError} If the port cannot be had. */
async function open<T>(port: number | undefined, serve: (port: number) => Promise<T>): Promise<T> {
  try {
    return await serve(port ?? PAGE_PORT);
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse && port === undefined) return await serve(0);
    throw new UsageError(
      `Cannot open port ${port ?? PAGE_PORT} of 127.0.0.1 for the page: ${
        (error as Error).message
      }; choose another with --port, 0 takes any that is free`,
    );
  }
}

/** Asks beforehand: Deno's own words name no command. */
async function refuseWithoutNetwork(port: number): Promise<void> {
  const host = port === 0 ? "127.0.0.1" : `127.0.0.1:${port}`;
  if ((await Deno.permissions.query({ name: "net", host })).state === "granted") return;
  throw new PagePermissionError(
    `Missing --allow-net: to open port ${port} of 127.0.0.1 for the page; preview --serve cannot work without it. ` +
      `Add it (--allow-net=${host} suffices), or use: deno task start preview`,
  );
}
