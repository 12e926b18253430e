/**
 * Tells what the demo's watcher does, from its log lines, as it happens.
 *
 * @module
 */
import { diffLines } from "diff";

/** Options of {@linkcode Narrator}. */
export interface NarratorOptions {
  print(text: string): Promise<void>;
  readonly isColored: boolean;
  readonly isDebug: boolean;
  /** Folder of the demo: left out of paths. */
  readonly folder: string;
  /** File whose changes are shown. */
  readonly scalyrConfig: string;
}

/** Lines of a change that are shown. */
const MAX_DIFF_LINES = 6;
const MAX_WIDTH = 150;

/** Prints the story. */
export class Narrator {
  readonly #options: NarratorOptions;
  readonly #startMs = performance.now();
  #config = "";
  #writes = 0;

  constructor(options: NarratorOptions) {
    this.#options = options;
  }

  /** Prints a line as it is. */
  async say(text: string) {
    await this.#options.print(text + "\n");
  }

  /** Begins a step. */
  async begin(title: string) {
    const seconds = ((performance.now() - this.#startMs) / 1000).toFixed(1).padStart(4);
    await this.say(this.#color("1", `${seconds} s  ${title}`));
  }

  /** Ends a step that came true. */
  async met(expected: string, tookMs: number) {
    await this.#showConfig();
    await this.say(this.#color("32", `        ✓ ${expected} (${tookMs.toFixed(0)} ms)`) + "\n");
  }

  /** Ends a step that did not come true. */
  async fail(expected: string): Promise<false> {
    await this.say(this.#color("31", `        ✗ did not come true: ${expected}`));
    return false;
  }

  /** Ends the story. */
  async close(end: "told" | "stopped" | "failed") {
    if (end === "stopped") return await this.say("\nThe demo was stopped before its end.");
    if (end === "failed") return await this.say("The demo ended early.");
    await this.say(
      `The watcher was stopped after ${this.#writes} writes. Next: deno task preview scalyr, then the README's part on deploying.`,
    );
  }

  /** Reads the watcher's log lines until it ends. */
  async follow(stream: ReadableStream<Uint8Array<ArrayBuffer>>) {
    let rest = "";
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) await this.#line(line);
    }
  }

  async #line(line: string) {
    let entry: Record<string, unknown>;
    try {
      entry = JSON.parse(line);
    } catch {
      return await this.say(`        ${line}`);
    }
    const { level, message, agent, path, because } = entry;
    if (typeof agent === "string" && typeof because === "string") {
      this.#writes++;
      const what = typeof path === "string" ? `${String(message)} ${this.#short(path)}` : String(message);
      await this.say(this.#cut(`        ${what}`) + this.#color("2", `  (${reasonOf(because)})`));
    } else if (level === "warn" || level === "error" || this.#options.isDebug) {
      await this.say(
        this.#color(level === "error" ? "31" : "33", this.#cut(`        ${this.#short(String(message))}`)),
      );
    }
  }

  /** Shows which lines of the scalyr agent's file changed since the last time. */
  async #showConfig() {
    const before = this.#config;
    this.#config = Deno.readTextFileSync(this.#options.scalyrConfig);
    if (before === "") return;
    const lines = diffLines(before, this.#config).filter(({ added, removed }) => added || removed)
      .flatMap(({ added, value }) => value.trimEnd().split("\n").map((line) => ({ added, line: line.trim() })))
      .filter(({ line }) => line.length > 3);
    if (lines.length === 0) return;
    await this.say(this.#color("2", "        in the scalyr agent's file:"));
    for (const { added, line } of lines.slice(0, MAX_DIFF_LINES)) {
      await this.say(
        this.#color(added ? "32" : "31", this.#cut(`          ${added ? "+" : "-"} ${this.#short(line)}`)),
      );
    }
    if (lines.length > MAX_DIFF_LINES) await this.say(`          ... and ${lines.length - MAX_DIFF_LINES} more lines`);
  }

  #short(text: string): string {
    return text.replaceAll(this.#options.folder, "").replaceAll(/[0-9a-f]{64}/g, (id) => `${id.slice(0, 12)}…`);
  }

  #cut(text: string): string {
    return text.length > MAX_WIDTH ? text.slice(0, MAX_WIDTH - 1) + "…" : text;
  }

  #color(code: string, text: string): string {
    return this.#options.isColored ? `\x1b[${code}m${text}\x1b[0m` : text;
  }
}

/** Shortens the reasons of a pass to what happened: paths are told by the line already. */
function reasonOf(because: string): string {
  return [...new Set(because.split(", ").map((reason) => reason.replace(/^(changed on disk): .*/, "$1")))].join(", ");
}
