/**
 * Measures a process and those below it, from /proc (proc(5)).
 *
 * @module
 */

/** What one process uses. */
export interface ProcessUse {
  readonly pid: number;
  /** Resident memory in bytes. */
  readonly rss: number;
  /** Time on a processor so far, in seconds. */
  readonly cpuSeconds: number;
}

/** Clock ticks in a second, USER_HZ: 100 on all that Linux runs on here. */
const TICKS = 100;

/** Measures one process; undefined when it is not there, or has ended and only waits to be noticed. */
export function processUse(pid: number): ProcessUse | undefined {
  try {
    const status = Deno.readTextFileSync(`/proc/${pid}/status`);
    const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(status)?.[1];
    if (kilobytes === undefined) return undefined;
    // Behind the command in brackets: state is field 3, utime and stime are 14 and 15.
    const fields = Deno.readTextFileSync(`/proc/${pid}/stat`).replace(/^.*\) /s, "").split(" ");
    return { pid, rss: Number(kilobytes) * 1024, cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS };
  } catch {
    // It has ended meanwhile.
    return undefined;
  }
}

/** Lists what the open files of a process are. */
export function openFiles(pid: number): readonly string[] {
  const folder = `/proc/${pid}/fd`;
  return [...Deno.readDirSync(folder)].map(({ name }) => {
    try {
      return Deno.readLinkSync(`${folder}/${name}`);
    } catch {
      return "closed meanwhile";
    }
  });
}
