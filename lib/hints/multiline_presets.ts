/**
 * Patterns of the lines that begin an event, for what programs in some languages print when they fail.
 *
 * Shippers take no look-ahead, so a pattern says which lines begin an event, not which go on with one. A line goes on with the event before when it is empty,
 * begins with white space, or has the form of a later line of a stack trace. The exception's own line counts to the line before it, where it says that it
 * is one (`java.io.IOException: ...`, `ValueError: ...`): loggers print their message first, and the exception after it.
 *
 * @module
 */

/** Alternatives of each pattern. A word in the first column is read as a whole: what follows it decides. */
const PRESETS = {
  /** Stack traces of the JVM, with `Caused by:` and `Wrapped by:`; a class name with its package, followed by a colon or nothing, is an exception. */
  java: [
    String.raw`[^\s\w.$:]`,
    // A word, a level or a time, before a colon or alone: no dot, so no class with its package.
    String.raw`[\w$]+(?::|$)`,
    String.raw`\d[\w.$]*(?::|$)`,
    String.raw`[\w$][\w.$]*[^\w.$:\s]`,
    // Words and white space, but for "Caused by" and "Wrapped by".
    String.raw`(?:[^CW\W]|\$)[\w.$]*\s`,
    String.raw`[CW][\w.$]*\s+(?:[^b\s]|b[^y])`,
  ],
  /** Tracebacks, also chained and of exception groups; `Name:` with a capital and small letters, or with dots, is an exception. */
  python: [
    String.raw`[^\s\w.:]`,
    // INFO: and info: are levels, ValueError: and zlib.error: are not.
    String.raw`(?:[A-Z]+|[a-z_]+|\d[\w.]*)(?::|$)`,
    String.raw`\w[\w.]*[^\w.:\s]`,
    // Words and white space, but for "Traceback (most", "The above exception" and "During handling of".
    String.raw`[^DT\W][\w.]*\s`,
    String.raw`T[\w.]*\s+(?:[^(a\s]|a[^b]|ab[^o])`,
    String.raw`D[\w.]*\s+(?:[^h\s]|h[^a])`,
  ],
  /** Panics and fatal errors with their goroutines; a word directly before a parenthesis is a frame. */
  go: [
    String.raw`[^\s\w./%@~*\[(-]`,
    String.raw`\[(?:[^s]|s[^i]|si[^g]|$)`,
    // A frame of a generic function has [...] before its parenthesis.
    String.raw`[\w/%@~*-][\w./%@~*-]*(?:[^\w./%@~*\s(\[-]|\[[^.]|$)`,
    // Words and white space, but for "goroutine 1 [", "created by", "exit status" and "runtime stack".
    String.raw`[^cegr\W][\w./%@~*-]*\s`,
    String.raw`[/%@~*-][\w./%@~*-]*\s`,
    String.raw`(?:c[^r\W]|e[^x\W]|g[^o\W]|go[^r\W]|r[^u\W]|ru[^n\W])[\w./%@~*-]*\s`,
    String.raw`(?:[cegr]|go|ru)\s`,
    String.raw`gor[\w./%@~*-]*\s+[^\d\s]`,
    String.raw`cr[\w./%@~*-]*\s+(?:[^b\s]|b[^y])`,
    String.raw`(?:ex|run)[\w./%@~*-]*\s+(?:[^s\s]|s[^t])`,
  ],
  /** Uncaught exceptions with `from` lines, and bare backtraces: `file.rb:1:in 'name'` with nothing after it is a frame. */
  ruby: [
    String.raw`[^\s\w./^:]`,
    String.raw`[\w/.][\w./+-]*(?:[^\w./+:\s-]|$)`,
    // "Did you mean?" goes on.
    String.raw`(?:[^D\W]|[/.])[\w./+-]*\s`,
    String.raw`D[\w./+-]*\s+[^y\s]`,
    String.raw`[\w/.][\w./+-]*:(?:\D|\d+(?:[^\d:]|:[^i]|:i[^n]|$)|$)`,
    String.raw`[\w/.][\w./+-]*:\d+:in .*[^'\s]$`,
  ],
  /** Exceptions of .NET; a class name with its namespace, followed by a colon or nothing, is one, and `--- End of` goes on. */
  dotnet: [
    String.raw`[^\s\w.:-]`,
    String.raw`-(?:[^-]|-[^-]|-?$)`,
    String.raw`\w+(?::|$)`,
    String.raw`\d[\w.]*(?::|$)`,
    String.raw`\w[\w.]*[^\w.:]`,
  ],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** First-line patterns by name of the preset. */
export const MULTILINE_PRESETS: ReadonlyMap<string, string> = new Map(
  Object.entries(PRESETS).map(([name, lines]) => [name, `^(?:${lines.join("|")})`]),
);
