/**
 * Reads what Promtail and Alloy push to Loki: `logproto.PushRequest` of protobuf, compressed by snappy's block format.
 *
 * @module
 */

/** One line with its labels and its structured metadata. */
export interface LokiEntry {
  readonly labels: Readonly<Record<string, string>>;
  readonly metadata: Readonly<Record<string, string>>;
  readonly line: string;
  /** Nanoseconds since 1970. */
  readonly time: bigint;
}

/** Reads the body of a request. @throws {Error} If it is none. */
export function readPushRequest(body: Uint8Array): readonly LokiEntry[] {
  const request = fieldsOf(uncompress(body));
  return bytes(request, 1).map(fieldsOf).flatMap((stream) => {
    const labels = readLabels(text(stream, 1));
    return bytes(stream, 2).map(fieldsOf).map((entry) => ({
      labels,
      metadata: Object.fromEntries(bytes(entry, 3).map(fieldsOf).map((pair) => [text(pair, 1), text(pair, 2)])),
      line: text(entry, 2),
      time: timeOf(bytes(entry, 1)[0]),
    }));
  });
}

/** Reads `{name="value", ...}`, in which values are texts of Go. */
function readLabels(selector: string): Record<string, string> {
  return Object.fromEntries(
    [...selector.matchAll(/([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"/g)].map(([, name, value]) => [
      name!,
      // Go has \x and \U where JSON has none.
      JSON.parse(
        `"${
          value!.replaceAll(/\\(?:x([0-9a-f]{2})|a|v|U([0-9a-f]{8}))/g, (_, byte?: string, rune?: string) =>
            byte ?? rune ? JSON.stringify(String.fromCodePoint(parseInt(byte ?? rune!, 16))).slice(1, -1) : "?")
        }"`,
      ) as string,
    ]),
  );
}

function timeOf(timestamp: Uint8Array | undefined): bigint {
  const fields = fieldsOf(timestamp ?? new Uint8Array());
  const number = (field: number) => fields.find((one) => one.field === field)?.number ?? 0n;
  return number(1) * 1_000_000_000n + number(2);
}

interface Field {
  readonly field: number;
  readonly number: bigint;
  readonly bytes: Uint8Array;
}

function bytes(fields: readonly Field[], field: number): readonly Uint8Array[] {
  return fields.filter((one) => one.field === field).map((one) => one.bytes);
}

function text(fields: readonly Field[], field: number): string {
  return new TextDecoder().decode(bytes(fields, field)[0] ?? new Uint8Array());
}

/** Gives the fields of a message; Loki's have numbers and what has a length. */
function fieldsOf(message: Uint8Array): readonly Field[] {
  const fields: Field[] = [];
  const reader = new Reader(message);
  while (!reader.isAtEnd) {
    const key = Number(reader.number());
    const kind = key & 7;
    if (kind !== 0 && kind !== 2) {
      reader.bytes(kind === 1 ? 8 : 4);
      continue;
    }
    const number = reader.number();
    fields.push({ field: key >> 3, number, bytes: kind === 2 ? reader.bytes(Number(number)) : new Uint8Array() });
  }
  return fields;
}

/** Undoes snappy's block format: literals, and copies of what came before. */
function uncompress(compressed: Uint8Array): Uint8Array {
  const reader = new Reader(compressed);
  const out = new Uint8Array(Number(reader.number()));
  let at = 0;
  while (!reader.isAtEnd) {
    const tag = reader.bytes(1)[0]!;
    if ((tag & 3) === 0) {
      const length = tag >> 2;
      const literal = reader.bytes((length < 60 ? length : reader.littleEndian(length - 59)) + 1);
      out.set(literal, at);
      at += literal.length;
      continue;
    }
    const isShort = (tag & 3) === 1;
    const length = isShort ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1;
    const offset = isShort ? ((tag >> 5) << 8) + reader.littleEndian(1) : reader.littleEndian((tag & 3) === 2 ? 2 : 4);
    for (const end = at + length; at < end; at++) out[at] = out[at - offset]!;
  }
  return out;
}

/** Reads bytes one after the other. */
class Reader {
  #at = 0;

  constructor(readonly data: Uint8Array) {}

  get isAtEnd(): boolean {
    return this.#at >= this.data.length;
  }

  bytes(length: number): Uint8Array {
    if (this.#at + length > this.data.length) throw new RangeError(`Ends after ${this.data.length} bytes`);
    return this.data.subarray(this.#at, this.#at += length);
  }

  littleEndian(length: number): number {
    return this.bytes(length).reduceRight((sum, byte) => sum * 256 + byte, 0);
  }

  /** A number of variable length: seven bits in a byte, the lowest first. */
  number(): bigint {
    let value = 0n;
    for (let shift = 0n;; shift += 7n) {
      const byte = this.bytes(1)[0]!;
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
  }
}
