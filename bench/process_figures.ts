/**
 * Reads what a process and all below it use, from /proc (proc(5)).
 *
 * @module
 */
import type { WatcherProcess } from "../tests/e2e/watcher_process.ts";

/** What a tree of processes has used so far. */
export interface TreeUse {
  readonly processes: number;
  /** Time on a processor in milliseconds, of threads that still run. */
  readonly cpuMs: number;
  /** Times that a thread went to sleep and was woken. */
  readonly wakeUps: number;
  /** Bytes that calls like read(2) gave it, whether from disk or from the kernel's cache. */
  readonly readBytes: number;
  /** Calls like read(2). */
  readonly readCalls: number;
}

/** Memory of a tree of processes, in bytes. */
export interface TreeMemory {
  readonly processes: number;
  readonly rss: number;
  /** Of pages that are shared, each process has its share. */
  readonly pss: number;
  /** Pages that nobody else has. */
  readonly private: number;
}

/** Measures use so far. */
export function treeUse(watcher: WatcherProcess): TreeUse {
  const use = { processes: 0, cpuMs: 0, wakeUps: 0, readBytes: 0, readCalls: 0 };
  for (const pid of treeOf(watcher)) {
    for (const task of names(`/proc/${pid}/task`)) addTask(use, `/proc/${pid}/task/${task}`);
    const io = read(`/proc/${pid}/io`);
    use.processes++;
    use.readBytes += number(io, "rchar");
    use.readCalls += number(io, "syscr");
  }
  return use;
}

/** Measures memory now. */
export function treeMemory(watcher: WatcherProcess): TreeMemory {
  const memory = { processes: 0, rss: 0, pss: 0, private: 0 };
  for (const pid of treeOf(watcher)) {
    const rollup = read(`/proc/${pid}/smaps_rollup`);
    memory.processes++;
    memory.rss += 1024 * number(rollup, "Rss");
    memory.pss += 1024 * number(rollup, "Pss");
    memory.private += 1024 * (number(rollup, "Private_Clean") + number(rollup, "Private_Dirty"));
  }
  return memory;
}

/** Gives what was used between two measurements. */
export function useBetween(before: TreeUse, after: TreeUse): Omit<TreeUse, "processes"> {
  return {
    cpuMs: after.cpuMs - before.cpuMs,
    wakeUps: after.wakeUps - before.wakeUps,
    readBytes: after.readBytes - before.readBytes,
    readCalls: after.readCalls - before.readCalls,
  };
}

function treeOf(watcher: WatcherProcess): readonly number[] {
  return [watcher.pid, ...watcher.descendants()];
}

function addTask(use: { cpuMs: number; wakeUps: number }, folder: string): void {
  // First of three numbers: nanoseconds on a processor. /proc/<pid>/stat counts in steps of 10 ms, which an idle minute hardly reaches.
  use.cpuMs += Number(read(`${folder}/schedstat`).split(" ")[0]) / 1e6;
  use.wakeUps += number(read(`${folder}/status`), "voluntary_ctxt_switches");
}

function number(text: string, field: string): number {
  return Number(new RegExp(`^${field}:\\s+(\\d+)`, "m").exec(text)?.[1] ?? 0);
}

function names(folder: string): readonly string[] {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name);
  } catch {
    // It has ended meanwhile.
    return [];
  }
}

function read(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    // It has ended meanwhile.
    return "";
  }
}
