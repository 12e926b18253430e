/**
 * Reads what the Scalyr agent sends: JSON, but for keys without quotes, and texts as a backtick, `s`, four bytes of length, and their bytes.
 *
 * @module
 */

/** A request of the Scalyr agent to `/addEvents`. */
export interface AddEvents {
  readonly token: string;
  readonly sessionInfo: Readonly<Record<string, unknown>>;
  readonly events: readonly {
    /** Id of the log, as of `logs` of this request or one before. */
    readonly log: string;
    readonly attrs: Readonly<Record<string, unknown>> & { readonly message: string };
    /** Nanoseconds since 1970. */
    readonly ts: string;
  }[];
  readonly logs: readonly { readonly id: string; readonly attrs: Readonly<Record<string, unknown>> }[];
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const BACKTICK = 0x60;

/** Reads a body that is not compressed. @throws {SyntaxError} If it is none. */
export function readAddEvents(body: Uint8Array): AddEvents {
  const decoder = new TextDecoder();
  let json = "";
  let at = 0;
  while (at < body.length) {
    const start = at;
    if (body[at] === BACKTICK) {
      const length = new DataView(body.buffer, body.byteOffset).getUint32(at + 2);
      at += 6 + length;
      json += JSON.stringify(decoder.decode(body.subarray(at - length, at)));
    } else if (body[at] === QUOTE) {
      at++;
      while (body[at] !== QUOTE) at += body[at] === BACKSLASH ? 2 : 1;
      at++;
      json += decoder.decode(body.subarray(start, at));
    } else {
      while (at < body.length && body[at] !== QUOTE && body[at] !== BACKTICK) at++;
      json += decoder.decode(body.subarray(start, at)).replaceAll(/([a-z_]+)(?=:)/g, '"$1"');
    }
  }
  return JSON.parse(json);
}
