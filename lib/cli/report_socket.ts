/**
 * How another process of this program asks the running watcher what it knows: a socket in its state folder, which only its own user may open.
 *
 * One line of JSON each way: `{"containers": "shop/web"}` or `{}`, and the report.
 *
 * @module
 */
import { join } from "node:path";
import type { Config } from "../config/config.ts";
import type { NodeReport, Wanted } from "../inspect/node_report.ts";
import type { Log } from "../observe/log.ts";
import { stateFiles } from "./state_files.ts";

/** Longest path of a socket, bytes: sun_path of unix(7) less the zero at its end. */
const MAX_PATH = 107;
const MAX_REQUEST = 4_096;
const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** Names the socket of the watcher that has a configuration. */
export function socketPath(config: Pick<Config, "agents" | "statePath">): string {
  return join(stateFiles(config).containers, "..", ".kube-log-watcher.sock");
}

/** Options of {@linkcode serveReports}. */
export interface ServeReportsOptions {
  readonly path: string;
  readonly report: (wanted: Wanted | undefined) => NodeReport;
  readonly log: Log;
}

/** Opens the socket. Where that is not possible the watcher goes on without it. */
export function serveReports({ path, report, log }: ServeReportsOptions): AsyncDisposable {
  let listener: Deno.Listener;
  try {
    if (encoder.encode(path).length > MAX_PATH) throw new RangeError(`its path has more than ${MAX_PATH} bytes`);
    // That of a run that was killed; a watcher that lives has the lock of its outputs, so that this one would not be here.
    removeIfThere(path);
    listener = Deno.listen({ transport: "unix", path }) as unknown as Deno.Listener;
    Deno.chmodSync(path, 0o600);
  } catch (error) {
    log.info(
      `status and explain will not reach this watcher: its socket ${path} cannot be opened (${
        (error as Error).message
      })`,
    );
    return { [Symbol.asyncDispose]: () => Promise.resolve() };
  }
  const serving = serve(listener, report);
  return {
    async [Symbol.asyncDispose]() {
      listener.close();
      await serving;
      removeIfThere(path);
    },
  };
}

async function serve(listener: Deno.Listener, report: ServeReportsOptions["report"]): Promise<void> {
  const open = new Set<Deno.Conn>();
  try {
    for await (const connection of listener) {
      open.add(connection);
      answer(connection, report).catch(() => {
        // Who asked went away.
      }).finally(() => {
        open.delete(connection);
        connection.close();
      });
    }
  } finally {
    for (const connection of open) connection.close();
  }
}

async function answer(connection: Deno.Conn, report: ServeReportsOptions["report"]): Promise<void> {
  const { containers } = JSON.parse(await readLine(connection)) as { containers?: unknown };
  const text = JSON.stringify(report(typeof containers === "string" ? containers : undefined)) + "\n";
  let rest = encoder.encode(text);
  while (rest.length > 0) rest = rest.subarray(await connection.write(rest));
}

async function readLine(connection: Deno.Conn): Promise<string> {
  const buffer = new Uint8Array(MAX_REQUEST);
  let text = "";
  while (!text.includes("\n") && text.length < MAX_REQUEST) {
    const count = await connection.read(buffer);
    if (count === null) break;
    text += decoder.decode(buffer.subarray(0, count));
  }
  return text;
}

/** Asks the running watcher. @returns undefined if none runs with this socket. */
export async function askForReport(path: string, wanted?: Wanted): Promise<NodeReport | undefined> {
  let connection: Deno.Conn;
  try {
    connection = await Deno.connect({ transport: "unix", path }) as unknown as Deno.Conn;
  } catch {
    return undefined;
  }
  try {
    await connection.write(encoder.encode(JSON.stringify(wanted === undefined ? {} : { containers: wanted }) + "\n"));
    const text = await new Response(connection.readable).text();
    return JSON.parse(text) as NodeReport;
  } catch {
    return undefined;
  }
}

function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
