/**
 * The pattern of the lines that begin an event, for a source that sees the lines as containerd and CRI-O write them.
 *
 * @module
 */

/**
 * Puts the runtime's envelope before a pattern, so that it matches a line with its envelope exactly where it matched the bare line.
 *
 * The group `klw` takes part only where the text begins, and each `^` of the pattern asks for it; everything else may stand further on. PCRE (syslog-ng 3) and PCRE2
 * (syslog-ng 4) both have named groups and conditions on them.
 *
 * @param pattern Portable: a `^` outside of a class is an anchor unless a backslash stands before it.
 */
export function behindEnvelope(pattern: string): string {
  const anchored = pattern.replaceAll(
    /\\[^]|\[(?:\\[^]|[^\]\\])*\]|\^/g,
    (part) => part === "^" ? "(?(<klw>)|(?!))" : part,
  );
  return `^\\S+ (?:stdout|stderr) [PF] (?:(?<klw>)|.+?)(?:${anchored})`;
}
