/**
 * Logs of containers as Docker and containerd write and rotate them, below the folders of a node.
 *
 * @module
 */
import { basename, dirname, join } from "node:path";
import { type SamplePaths, writeSamplePod } from "../../lib/sample/sample_node.ts";
import type { SampleContainer, SamplePod } from "../../lib/sample/sample_pods.ts";

/** Bytes after which both runtimes cut a line. */
const PART_BYTES = 16_384;

/** The standard streams of a container. */
export type Stream = "stdout" | "stderr";

/** A line that a container wrote. */
export interface WrittenLine {
  readonly text: string;
  readonly stream: Stream;
}

/** Options of {@linkcode ContainerLog.write}. */
export interface WriteOptions {
  /** Default stdout. */
  readonly stream?: Stream;
  /** Bytes after which the line is cut into partial records, default 16,384. */
  readonly partBytes?: number;
}

/**
 * Starts pods on a node's disk: their folders, links, and the first line of each container's log, which is `container.line`.
 *
 * @returns The logs of its containers, in order.
 */
export async function startLogs(pod: SamplePod, paths: SamplePaths): Promise<readonly ContainerLog[]> {
  await writeSamplePod(pod, paths);
  return pod.containers.map((container) => new ContainerLog(pod, { container, paths }));
}

/** The log of one container, written by the test. */
export class ContainerLog {
  readonly pod: SamplePod;
  readonly container: SampleContainer;
  /** Live log file. */
  readonly path: string;
  /** Whole lines written so far, the container's first one included. */
  readonly written: WrittenLine[];
  readonly #paths: SamplePaths;
  #clock = Date.now();
  #rotations = 0;

  constructor(pod: SamplePod, { container, paths }: { container: SampleContainer; paths: SamplePaths }) {
    this.pod = pod;
    this.container = container;
    this.#paths = paths;
    this.path = pod.layout === "docker" ? join(paths.containersPath, container.id, `${container.id}-json.log`) : join(
      paths.podLogsPath,
      `${pod.namespace}_${pod.name}_${pod.configHash ?? pod.uid}`,
      container.name,
      liveName(),
    );
    this.written = [{ text: container.line, stream: "stdout" }];

    function liveName() {
      return `${container.restart ?? 0}.log`;
    }
  }

  /** Writes one line; a long one in parts, as the runtime does. */
  write(text: string, { stream = "stdout", partBytes = PART_BYTES }: WriteOptions = {}): void {
    const bytes = new TextEncoder().encode(text);
    const time = this.#nextTime();
    let start = 0;
    for (; start + partBytes < bytes.length; start += partBytes) {
      this.writePart(decode(bytes.subarray(start, start + partBytes)), { stream, isLast: false, time });
    }
    this.writePart(decode(bytes.subarray(start)), { stream, isLast: true, time });
    this.written.push({ text, stream });
  }

  /** Writes one record of a line; it is not counted among the lines written. */
  writePart(text: string, { stream, isLast, time = this.#nextTime() }: {
    stream: Stream;
    isLast: boolean;
    time?: string;
  }): void {
    const record = this.pod.layout === "docker"
      ? JSON.stringify({ log: isLast ? `${text}\n` : text, stream, time })
      : `${time} ${stream} ${isLast ? "F" : "P"} ${text}`;
    Deno.writeTextFileSync(this.path, `${record}\n`, { append: true, create: false });
  }

  /** Takes the file away under another name and begins a new one, as Docker does, and the kubelet with containerd. */
  rotate(): string {
    const rotated = this.pod.layout === "docker" ? this.#makePlaceForFirst() : this.#timestamped();
    Deno.renameSync(this.path, rotated);
    Deno.writeTextFileSync(this.path, "", { createNew: true, mode: 0o640 });
    return rotated;
  }

  /** Removes the log with all rotated ones and the links to it, as when the container is gone. */
  remove(): void {
    Deno.removeSync(dirname(this.path), { recursive: true });
    if (this.pod.layout === "docker") return;
    const { name, namespace } = this.pod;
    const link = `${name}_${namespace}_${this.container.name}-${this.container.id}.log`;
    Deno.removeSync(join(this.#paths.containerLinksPath, link));
  }

  /** Docker counts rotated files from the newest, 1. */
  #makePlaceForFirst(): string {
    const numbers = [...Deno.readDirSync(dirname(this.path))].flatMap(({ name }) =>
      name.startsWith(`${basename(this.path)}.`) ? Number(name.slice(basename(this.path).length + 1)) : []
    );
    for (const number of numbers.sort((a, b) => b - a)) {
      Deno.renameSync(`${this.path}.${number}`, `${this.path}.${number + 1}`);
    }
    return `${this.path}.1`;
  }

  /** The kubelet names rotated files by the second. */
  #timestamped(): string {
    this.#rotations++;
    return `${this.path}.20261123-${String(210_000 + this.#rotations)}`;
  }

  /** Time of the next record, RFC 3339 with nanoseconds, never the same twice. */
  #nextTime(): string {
    this.#clock = Math.max(this.#clock + 1, Date.now());
    return new Date(this.#clock).toISOString().replace("Z", "000001Z");
  }
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
}
