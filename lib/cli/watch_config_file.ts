/**
 * Notices a changed configuration file, a ConfigMap's swap of links among them, and resolves it. One that is not usable is refused with a message,
 * once, and what was in force stays; it is tried again from time to time.
 *
 * @module
 */
import { dirname } from "node:path";
import type { Config } from "../config/config.ts";
import type { Log } from "../observe/log.ts";
import { pause } from "../reconcile/trigger.ts";
import { readText } from "./load_config_file.ts";

/** Time in which the steps of one change are taken for one, milliseconds. */
const QUIET_MS = 100;
/** Time between looks where nothing can be watched, or a change goes unnoticed, milliseconds. */
const LOOK_MS = 10_000;

/** Options of {@linkcode watchConfigFile}. */
export interface WatchConfigFileOptions {
  readonly path: string;
  /** Contents of the file that are in force already. */
  readonly applied: string;
  readonly reconfigure: () => Promise<Config>;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** Waits for the next configuration. */
export interface NextConfig {
  /** Comes when there is one. */
  readonly signal: AbortSignal;
  /** It, once the signal has come. */
  readonly config: Config | undefined;
}

/** A watched file. */
export interface ConfigFileWatch extends AsyncDisposable {
  /** Whether the file as it was seen last is not usable. */
  readonly isRefused: boolean;
  /** Begins to wait for the next change. */
  next(): NextConfig;
}

/** Watches a file until it is disposed of, or the signal. */
export function watchConfigFile({ path, applied, reconfigure, log, signal }: WatchConfigFileOptions): ConfigFileWatch {
  let waiting = { stop: new AbortController(), config: undefined as Config | undefined };
  let isRefused = false;
  const end = new AbortController();
  const isOver = AbortSignal.any([signal, end.signal]);
  const look = async () => {
    let text = applied;
    for await (const _ of hints(path, isOver)) {
      try {
        const now = await readText(path);
        if (now === text) {
          log.forget("configuration file");
          continue;
        }
        const found = await reconfigure();
        // Only now: what it names, an agent's folder or a secret's file, may come after the file itself.
        text = now;
        log.forget("configuration file");
        isRefused = false;
        waiting.config = found;
        waiting.stop.abort();
      } catch (error) {
        isRefused = true;
        log.once("configuration file", "error", `${(error as Error).message}; the configuration in force stays`, {
          path,
        });
      }
    }
  };
  const looking = look();
  return {
    get isRefused() {
      return isRefused;
    },
    next() {
      const mine = { stop: new AbortController(), config: undefined as Config | undefined };
      waiting = mine;
      return {
        signal: mine.stop.signal,
        get config() {
          return mine.config;
        },
      };
    },
    async [Symbol.asyncDispose]() {
      end.abort();
      await looking;
    },
  };
}

/** Comes whenever the file may have changed, and from time to time. */
async function* hints(path: string, signal: AbortSignal): AsyncGenerator<void> {
  let wake = Promise.withResolvers<void>();
  using watcher = openWatcher(path);
  const reading = (async () => {
    for await (const _ of watcher?.events ?? []) wake.resolve();
  })();
  const close = () => watcher?.[Symbol.dispose]();
  signal.addEventListener("abort", close, { once: true });
  while (!signal.aborted) {
    const over = new AbortController();
    await Promise.race([wake.promise, pause(LOOK_MS, AbortSignal.any([signal, over.signal]))]);
    over.abort();
    if (signal.aborted) break;
    await pause(QUIET_MS, signal);
    wake = Promise.withResolvers<void>();
    yield;
  }
  await reading;
}

/** Watches the folder: the file itself may be replaced, or be a link to one that is. */
function openWatcher(path: string): (Disposable & { readonly events: AsyncIterable<Deno.FsEvent> }) | undefined {
  try {
    const events = Deno.watchFs(dirname(path), { recursive: false });
    let isOpen = true;
    return {
      events,
      [Symbol.dispose]() {
        if (isOpen) events.close();
        isOpen = false;
      },
    };
  } catch {
    return undefined;
  }
}
