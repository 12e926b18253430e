/**
 * Sees whether a reload has happened, by a number that changes with each.
 *
 * @module
 */
import type { ReloadConfirmation } from "../render/agent.ts";
import { delay } from "./delay.ts";
import { fieldOf, parseAnswer, request, shown } from "./http_reload.ts";
import { ReloadError } from "./reload_error.ts";

/** Time between two looks, milliseconds. */
const POLL_MS = 250;

/** What the number was before the first attempt to bring one version of the output into force. */
export class Confirmation {
  #before: { readonly version: number; readonly count: number } | undefined;

  /**
   * Looks before an attempt.
   *
   * @param version The newest output on disk.
   * @returns Whether a reload has happened since the first look for this version: then an earlier attempt was successful, only late.
   * @throws {ReloadError} If the number cannot be had.
   */
  async begin(
    confirm: ReloadConfirmation,
    { version, signal }: { version: number; signal: AbortSignal },
  ): Promise<boolean> {
    const count = await countOf(confirm, signal);
    if (this.#before?.version === version) return count !== this.#before.count;
    this.#before = { version, count };
    return false;
  }

  /** Waits until the number is another one. @throws {ReloadError} When the time is up. */
  async wait(confirm: ReloadConfirmation, signal: AbortSignal): Promise<void> {
    let last: unknown = this.#before?.count;
    while (!signal.aborted) {
      try {
        const count = await countOf(confirm, signal);
        // A lower one is that of a shipper which was started since, with what lay on disk.
        if (count !== this.#before?.count) return;
        last = count;
      } catch (error) {
        // While it reloads, a shipper may not answer.
        if (!(error instanceof ReloadError)) throw error;
      }
      await delay(POLL_MS, signal);
    }
    throw new ReloadError(`${confirm.field} of ${confirm.url} is still ${last}, so the reload is not confirmed`);
  }
}

async function countOf({ url, field }: ReloadConfirmation, signal: AbortSignal): Promise<number> {
  const { status, text } = await request(url, { signal });
  const value = field.split(".").reduce(fieldOf, parseAnswer(text));
  if (status === 200 && typeof value === "number") return value;
  throw new ReloadError(`GET ${url} answered ${status}${shown(text)}, expected a number in ${JSON.stringify(field)}`);
}
