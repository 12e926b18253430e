/**
 * Server-sent events to every open page.
 *
 * @module
 */

/** Pages that may be open at once: each costs a connection. */
const MAX_PAGES = 32;
/** Time after which a silent connection is written to, so that one that is gone is noticed, milliseconds. */
const SILENCE_MS = 20_000;
const encoder = new TextEncoder();

/** Sends events; to be closed. */
export class EventChannel implements Disposable {
  readonly #pages = new Set<ReadableStreamDefaultController<Uint8Array>>();
  readonly #timer = setInterval(() => this.#write(": still here\n\n"), SILENCE_MS);

  /** Opens a stream that begins with an event; undefined if there are too many. */
  open(name: string, value: unknown): ReadableStream<Uint8Array> | undefined {
    if (this.#pages.size >= MAX_PAGES) return undefined;
    let mine: ReadableStreamDefaultController<Uint8Array>;
    return new ReadableStream({
      start: (controller) => {
        this.#pages.add(mine = controller);
        controller.enqueue(encoder.encode(eventText(name, value)));
      },
      cancel: () => void this.#pages.delete(mine),
    });
  }

  /** Sends an event to all pages. */
  send(name: string, value: unknown): void {
    this.#write(eventText(name, value));
  }

  #write(text: string): void {
    const bytes = encoder.encode(text);
    for (const page of this.#pages) page.enqueue(bytes);
  }

  /** Ends all streams. */
  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    for (const page of this.#pages) page.close();
    this.#pages.clear();
  }
}

/** JSON has no line ends, which would end the event. */
function eventText(name: string, value: unknown): string {
  return `event: ${name}\ndata: ${JSON.stringify(value)}\n\n`;
}
