/**
 * Reads what a process and all below it use, from /proc (proc(5)).
 *
 * @module
 */
import type { WatcherProcess } from "../tests/e2e/watcher_process.ts";

/** Length of a clock tick, USER_HZ: 100 a second on all that Linux runs on here. */
const TICK_MS = 10;

/** What a tree of processes has used so far. */
export interface TreeUse {
  /** Time on a processor in milliseconds, exact to two ticks of 10 ms; of processes and threads that have ended, too. */
  readonly cpuMs: number;
  /** Times that a thread went to sleep and was woken, by thread; those of ended threads are not known. */
  readonly wakeUps: ReadonlyMap<string, number>;
  /** Bytes that calls like read(2) gave it, whether from disk or from the kernel's cache. */
  readonly readBytes: number;
  /** Calls like read(2). */
  readonly readCalls: number;
}

/** What was used between two measurements. */
export interface UseBetween {
  /** Milliseconds. */
  readonly cpuMs: number;
  readonly wakeUps: number;
  readonly readBytes: number;
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
  const use = { cpuMs: 0, wakeUps: new Map<string, number>(), readBytes: 0, readCalls: 0 };
  for (const pid of treeOf(watcher)) {
    use.cpuMs += cpuMs(read(`/proc/${pid}/stat`));
    for (const task of names(`/proc/${pid}/task`)) {
      use.wakeUps.set(task, number(read(`/proc/${pid}/task/${task}/status`), "voluntary_ctxt_switches"));
    }
    const io = read(`/proc/${pid}/io`);
    use.readBytes += number(io, "rchar");
    use.readCalls += number(io, "syscr");
  }
  return use;
}

/** Reads the time on a processor from a line of /proc/<pid>/stat: its own and that of children that have ended, milliseconds. */
export function cpuMs(stat: string): number {
  // Behind the command in brackets: state is field 3; utime, stime, cutime and cstime are 14 to 17.
  const fields = stat.replace(/^.*\) /s, "").split(" ").map(Number);
  const ticks = fields.slice(11, 15);
  return ticks.length < 4 ? 0 : ticks.reduce((sum, value) => sum + value, 0) * TICK_MS;
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
export function useBetween(before: TreeUse, after: TreeUse): UseBetween {
  let wakeUps = 0;
  for (const [task, count] of after.wakeUps) wakeUps += count - (before.wakeUps.get(task) ?? 0);
  return {
    cpuMs: after.cpuMs - before.cpuMs,
    wakeUps,
    readBytes: after.readBytes - before.readBytes,
    readCalls: after.readCalls - before.readCalls,
  };
}

function treeOf(watcher: WatcherProcess): readonly number[] {
  return [watcher.pid, ...watcher.descendants()];
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
