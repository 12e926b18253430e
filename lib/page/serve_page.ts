/**
 * Serves the preview page, to this machine alone.
 *
 * @module
 */
import { EventChannel } from "./event_channel.ts";
import type { PageSubject, Save } from "./page_content.ts";
import { type PageAsset, readPageFiles } from "./page_files.ts";
import { EditError, readEdit } from "./read_edit.ts";
import { GUARDING_HEADERS, whyRefused } from "./request_guard.ts";

/** The address that is listened on: this machine's own. */
const HOSTNAME = "127.0.0.1";

/** Options of {@linkcode servePage}. */
export interface ServePageOptions {
  readonly subject: PageSubject;
  /** 0: any that is free. */
  readonly port: number;
}

/** A served page. */
export interface ServedPage extends AsyncDisposable {
  readonly url: string;
  /** Tells all open pages what came of a save. */
  saved(save: Save): void;
}

/** Opens the server. @throws {Deno.errors.AddrInUse} If the port is taken. */
export async function servePage({ subject, port }: ServePageOptions): Promise<ServedPage> {
  const assets = await readPageFiles();
  const events = new EventChannel();
  const stop = new AbortController();
  const handle = handler({ subject, assets, events });
  try {
    const server = Deno.serve({ hostname: HOSTNAME, port, signal: stop.signal, onListen: () => {} }, handle);
    return {
      url: `http://${HOSTNAME}:${server.addr.port}/`,
      saved: (save) => events.send("save", save),
      async [Symbol.asyncDispose]() {
        events[Symbol.dispose]();
        stop.abort();
        await server.finished;
      },
    };
  } catch (error) {
    events[Symbol.dispose]();
    throw error;
  }
}

/** Paths that do something. */
const ACTIONS: ReadonlySet<string> = new Set(["/api/try", "/api/look"]);

interface Scope {
  readonly subject: PageSubject;
  readonly assets: ReadonlyMap<string, PageAsset>;
  readonly events: EventChannel;
}

function handler(scope: Scope): (request: Request) => Promise<Response> {
  return async (request) => {
    const refused = whyRefused(request);
    if (refused) return failure(refused.status, refused.why);
    try {
      return await answer(request, scope);
    } catch (error) {
      if (error instanceof EditError) return failure(error.status, error.message);
      return failure(500, `${(error as Error).name}: ${(error as Error).message}`);
    }
  };
}

async function answer(request: Request, scope: Scope): Promise<Response> {
  const { pathname, searchParams } = new URL(request.url);
  const asset = scope.assets.get(pathname);
  const allowed = asset ? "GET, HEAD" : ACTIONS.has(pathname) ? "POST" : "GET";
  if (!allowed.split(", ").includes(request.method)) {
    return failure(405, `${pathname} takes ${allowed} only`, { allow: allowed });
  }
  if (asset) return new Response(asset.bytes, { headers: { ...GUARDING_HEADERS, "content-type": asset.type } });
  if (pathname === "/api/look") {
    const save = await scope.subject.refresh();
    scope.events.send("save", save);
    return found(save, "");
  }
  if (pathname === "/api/try") {
    const edit = await readEdit(request.body);
    return found(await scope.subject.try(edit, request.signal), `There is no pod with the uid ${shown(edit.uid)}`);
  }
  return read(pathname, searchParams, scope);
}

function read(pathname: string, query: URLSearchParams, { subject, events }: Scope): Response {
  const get = (name: string) => query.get(name) ?? "";
  switch (pathname) {
    case "/api/state":
      return found(subject.state(), "");
    case "/api/files":
      return found(subject.files(get("agent")), `There is no agent ${shown(get("agent"))}`);
    case "/api/contents": {
      const text = subject.contents(get("agent"), get("path"));
      return found(
        text === undefined ? undefined : { text },
        `Agent ${shown(get("agent"))} has no file ${shown(get("path"))}`,
      );
    }
    case "/api/container":
      return found(subject.container(get("key")), `There is no container with the key ${shown(get("key"))}`);
    case "/api/pod":
      return found(subject.pod(get("uid")), `There is no pod with the uid ${shown(get("uid"))}`);
    case "/api/events": {
      const stream = events.open("hello", { revision: subject.state().revision });
      if (!stream) return failure(503, "The page is open too often");
      return new Response(stream, { headers: { ...GUARDING_HEADERS, "content-type": "text/event-stream" } });
    }
    default:
      return failure(404, `There is no ${shown(pathname)}`);
  }
}

function found(value: unknown, orElse: string): Response {
  return value === undefined ? failure(404, orElse) : Response.json(value, { headers: GUARDING_HEADERS });
}

function failure(status: number, error: string, headers: Readonly<Record<string, string>> = {}): Response {
  return Response.json({ error }, { status, headers: { ...GUARDING_HEADERS, ...headers } });
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, 200));
}
