/**
 * Names what the figures were measured with.
 *
 * @module
 */

/** The machine and the versions; nothing that tells whose machine it is. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryMb: number;
  readonly kernel: string;
  /** Kind of the file system on which the node and the files were. */
  readonly fileSystem: string;
  readonly deno: string;
  readonly v8: string;
  /** Day of the measurement, UTC. */
  readonly date: string;
  /** Load average of the minute before: much above 0, and the figures say more about other programs. */
  readonly loadBefore: number;
}

/** Looks at the machine. */
export function thisMachine(): Machine {
  return {
    cpu: /^model name\s*:\s*(.*)$/m.exec(Deno.readTextFileSync("/proc/cpuinfo"))?.[1] ?? "unknown",
    cores: navigator.hardwareConcurrency,
    memoryMb: Math.round(Deno.systemMemoryInfo().total / 2 ** 20),
    kernel: Deno.osRelease(),
    fileSystem: fileSystemOf(Deno.env.get("TMPDIR") ?? "/tmp"),
    deno: Deno.version.deno,
    v8: Deno.version.v8,
    date: new Date().toISOString().slice(0, 10),
    loadBefore: Deno.loadavg()[0]!,
  };
}

/** Writes a machine in one line. */
export function describeMachine(machine: Machine): string {
  const { cpu, cores, memoryMb, kernel, fileSystem, deno, v8, date, loadBefore } = machine;
  const size = `${cores} cores, ${Math.round(memoryMb / 1024)} GB`;
  return `${cpu}, ${size}, Linux ${kernel}, ${fileSystem}; Deno ${deno} (V8 ${v8}); ${date}; load before ${
    loadBefore.toFixed(2)
  }`;
}

/** Finds the kind of the file system that a folder is on (proc(5), mounts): the longest mount point that is above it wins. */
function fileSystemOf(folder: string): string {
  const mounts = Deno.readTextFileSync("/proc/self/mounts").trim().split("\n").map((line) => line.split(" "));
  const above = mounts.filter(([, point = ""]) => `${folder}/`.startsWith(point.endsWith("/") ? point : `${point}/`));
  above.sort(([, a = ""], [, b = ""]) => a.length - b.length);
  return above.at(-1)?.[2] ?? "unknown";
}
