/**
 * Tells the envelope of a log's lines from its first bytes.
 *
 * Sources: Docker's json-file driver writes one JSON object per line; containerd and CRI-O write
 * `<RFC 3339 time> <stdout|stderr> <P|F> <text>` (Kubernetes, CRI logging format).
 *
 * @module
 */
import type { LogFormat } from "./container.ts";
import { isDiskError } from "./disk_error.ts";

const CRI_LINE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d) (stdout|stderr) /;
// The longest head of a CRI line: 35 characters of time, 2 spaces, 6 of stream.
const head = new Uint8Array(64);
const decoder = new TextDecoder();

/** Tells the format of a line's first bytes; undefined where they are neither. */
export function sniffLogFormat(bytes: Uint8Array): LogFormat | undefined {
  if (bytes[0] === 0x7b) return "json-file";
  return CRI_LINE.test(decoder.decode(bytes)) ? "cri" : undefined;
}

/** Reads the format of a log; undefined where the bytes do not tell it or cannot be read. */
export function readLogFormat(path: string): LogFormat | undefined {
  try {
    using file = Deno.openSync(path);
    return sniffLogFormat(head.subarray(0, file.readSync(head) ?? 0));
  } catch (error) {
    // The watcher need not be able to read logs; the shipper must.
    if (isDiskError(error)) return undefined;
    throw error;
  }
}

/** Remembers the format of each log by path and inode, so that a log is opened once. */
export class LogFormats {
  readonly #known = new Map<string, { readonly inode: number | null; readonly format: LogFormat }>();
  /** Logs whose format was said without being read in the file that is there now. */
  readonly #assumed = new Set<string>();

  /**
   * Tells the format of a log.
   * @param options `info`: what lstat said of it; `fallback`: the format of its layout, used while the file says nothing.
   */
  of(path: string, { info, fallback }: { readonly info: Deno.FileInfo; readonly fallback: LogFormat }): LogFormat {
    const known = this.#known.get(path);
    if (known !== undefined && known.inode === info.ino) return known.format;
    // A log just rotated is empty: it goes on in the format that it had.
    const format = info.size === 0 ? undefined : readLogFormat(path);
    if (format === undefined) {
      this.#assumed.add(path);
      return known?.format ?? fallback;
    }
    this.#known.set(path, { inode: info.ino, format });
    this.#assumed.delete(path);
    return format;
  }

  /** Tells whether the format of a log was read in the file that is there now, so that it stays. */
  isRead(path: string): boolean {
    return this.#known.has(path) && !this.#assumed.has(path);
  }

  /** Forgets a log that is gone. */
  forget(path: string): void {
    this.#known.delete(path);
    this.#assumed.delete(path);
  }
}
