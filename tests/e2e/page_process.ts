/**
 * `preview --serve` as a process, under exactly the permissions of the program.
 *
 * @module
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { PageState, Save } from "../../lib/page/page_content.ts";
import { programCommand, REAL_MAIN } from "../cli/program.ts";

/** Options of {@linkcode PageProcess.start}. */
export interface PageProcessOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Flags of `deno run`, default all that the program needs. */
  readonly flags?: readonly string[];
}

/** How long anything may take on a busy machine, milliseconds. */
export const PATIENCE_MS = 60_000;

/** A served page. */
export class PageProcess implements AsyncDisposable {
  readonly url: string;
  readonly #child: Deno.ChildProcess;
  readonly #noted: Promise<string>;

  private constructor(url: string, child: Deno.ChildProcess, noted: Promise<string>) {
    this.url = url;
    this.#child = child;
    this.#noted = noted;
  }

  /** Starts it on a free port, and waits for its address. */
  static async start(args: readonly string[], options: PageProcessOptions = {}): Promise<PageProcess> {
    const command = programCommand(["preview", ...args, "--serve", "--port", "0"], { ...options, main: REAL_MAIN });
    const child = command.spawn();
    const noted = new Response(child.stderr).text();
    const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    let said = "";
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      said += part.value;
      const url = /^The page is at (http:\/\/127\.0\.0\.1:\d+\/)\n/m.exec(said)?.[1];
      if (url === undefined) continue;
      // What else is printed is read, so that nothing waits for it.
      (async () => {
        while (!(await reader.read()).done);
      })();
      return new PageProcess(url, child, noted);
    }
    throw new Error(`There is no page: ${said}${await noted}`);
  }

  /** Sends a request; the address is that of the page. */
  request(path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(new URL(path, this.url), { ...init, signal: AbortSignal.timeout(PATIENCE_MS) });
  }

  /** Gets what is JSON. */
  // deno-lint-ignore no-explicit-any
  async get(path: string): Promise<any> {
    const response = await this.request(path);
    assert.equal(response.status, 200, path);
    return await response.json();
  }

  async state(): Promise<PageState> {
    return await this.get("/api/state");
  }

  /** Sends JSON. */
  post(path: string, value: unknown): Promise<Response> {
    const headers = { "content-type": "application/json" };
    return this.request(path, { method: "POST", headers, body: JSON.stringify(value) });
  }

  /** Does something, and gives what the page is told of it. */
  async saved(work: () => unknown): Promise<Save> {
    const response = await this.request("/api/events");
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    const until = async (pattern: RegExp) => {
      for (let found = pattern.exec(text);; found = pattern.exec(text)) {
        if (found) return found;
        const { value, done } = await reader.read();
        assert.ok(!done, `The stream of events ended after: ${text}`);
        text += value;
      }
    };
    try {
      await until(/^event: hello\ndata: .*\n\n/m);
      await work();
      return JSON.parse((await until(/^event: save\ndata: (.*)\n\n/m))[1]!);
    } finally {
      await reader.cancel();
    }
  }

  /** Ends it. @returns Its exit code, and what it said on stderr. */
  async end(signal: Deno.Signal = "SIGTERM"): Promise<{ readonly code: number; readonly said: string }> {
    this.#child.kill(signal);
    const { code } = await this.#child.status;
    return { code, said: await this.#noted };
  }

  async [Symbol.asyncDispose]() {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It has ended already.
    }
    await this.#child.status;
    await this.#noted;
  }
}

/** A folder of agents with one in it, as `agents new` makes it. */
export async function agentFolder(): Promise<AsyncDisposable & { readonly path: string; readonly agent: string }> {
  const path = await Deno.realPath(await Deno.makeTempDir({ prefix: "klw-page-" }));
  const agent = join(path, "my-shipper");
  await Deno.mkdir(agent);
  const from = new URL("../../templates/agent/", import.meta.url);
  for (const name of ["context.ts", "input.yaml.eta"]) await Deno.copyFile(new URL(name, from), join(agent, name));
  return { path, agent, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

/** Changes a file in one step: it is made elsewhere and moved. */
export async function edit(path: string, change: (text: string) => string): Promise<void> {
  const elsewhere = await Deno.makeTempFile({ dir: join(path, "../..") });
  await Deno.writeTextFile(elsewhere, change(await Deno.readTextFile(path)));
  await Deno.rename(elsewhere, path);
}
