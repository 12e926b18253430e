/**
 * Reads the files of the agent syslog-ng as syslog-ng 3.38 reads them: tokens, strings with their escapes, and macros of templates.
 *
 * @module
 */
import assert from "node:assert/strict";

/** What a file says. */
export interface SyslogNgLog {
  readonly path: string;
  readonly firstLine: string | undefined;
  /** Name of the parser that takes off the envelope, and the id that it is given. */
  readonly parser: readonly string[];
  readonly samplingRules: readonly { readonly pattern: string; readonly share: number }[];
  readonly redactionRules: readonly { readonly pattern: string; readonly replacement: string }[];
  readonly attributes: Readonly<Record<string, string>>;
}

const MATCH = String.raw`match \( "" value \( "" \) type \( "" \) flags \( "" \) \)`;
const SET = String.raw`set \( "" value \( "" \) \) ;`;

/** The file without its strings: each is `""`. */
const FORM = new RegExp(
  [
    String
      .raw`^log \{ source \{ file \( "" flags \( no-parse \) follow-freq \( 1 \) read-old-records \( yes \) \) ; \} ;`,
    String.raw` parser \{ (klw-cri|klw-docker) \( id \( "" \) \) ; \} ;`,
    String.raw`( junction \{ channel \{ filter \{ ${MATCH} ; \} ; rewrite \{ ${SET} ${SET} \} ; \} ;`,
    String.raw` channel \{ filter \{ ${MATCH} ; \} ; rewrite \{ ${SET} \} ; \} ;`,
    String.raw` channel \{ filter \{ not ${MATCH} ; \} ; rewrite \{ ${SET} \} ; \} ; \} ;`,
    String.raw` parser \{ klw-event \( id \( "" \) \) ; \} ;)? parser \{ klw-time \( \) ; \} ;`,
    String.raw`((?: (?:if|\} elif) \( ${MATCH} \) \{ filter \{ "" < "" \} ;)*)`,
    String.raw`(?: \} ;)? rewrite \{`,
    String.raw`((?: subst \( "" , "" value \( "" \) type \( "" \) flags \( "" "" \) \) ;)*)`,
    String.raw`((?: ${SET})*)`,
    String.raw` \} ; destination \( d_klw \) ; flags \( flow-control \) ; \} ;$`,
  ].join(""),
);

/** Reads a file. @throws {AssertionError} If it has another form than the agent's, or a string that syslog-ng would read as something else. */
export function parseSyslogNg(text: string): SyslogNgLog {
  const { form, strings } = tokens(text);
  const match = FORM.exec(form);
  assert.ok(match, `Another form: ${form.slice(0, 500)}`);
  const [, parser, multiline, sampling, redaction, sets] = match;
  const next = () => strings.shift() ?? assert.fail("A string is missing");
  const log = {
    path: next(),
    parser: [parser!, next()],
    firstLine: multiline === undefined ? undefined : readFirstLine(next),
    samplingRules: Array.from({ length: count(sampling!, "filter") }, () => readSampling(next)),
    redactionRules: Array.from({ length: count(redaction!, "subst") }, () => readRedaction(next)),
    attributes: readAttributes(Array.from({ length: 2 * count(sets!, "set") }, next)),
  };
  assert.deepEqual(strings, []);
  return log;
}

function readFirstLine(next: () => string): string {
  const patterns = [['""', ".klw.line", "1", ".klw.end"], ["${MESSAGE}", ".klw.line"], ["\n${MESSAGE}", ".klw.line"]]
    .map((sets) => {
      const pattern = next();
      assert.deepEqual([next(), next(), next()], ["MESSAGE", "pcre", "utf8"]);
      assert.deepEqual(sets.map(next), sets.map((text) => text === '""' ? "" : text));
      return pattern;
    });
  assert.equal(new Set(patterns).size, 1);
  assert.match(next(), /^[A-Za-z0-9_]+$/);
  return patterns[0]!;
}

function readSampling(next: () => string) {
  const pattern = next();
  assert.deepEqual([next(), next(), next()], ["MESSAGE", "pcre", "utf8"]);
  assert.equal(next(), "$(% $(* ${R_USEC} 7919) 10000)");
  const share = next();
  assert.match(share, /^\d{1,5}$/);
  return { pattern, share: Number(share) };
}

function readRedaction(next: () => string) {
  const [pattern, replacement] = [next(), plainTemplate(next())];
  assert.deepEqual([next(), next(), next(), next()], ["MESSAGE", "pcre", "global", "utf8"]);
  return { pattern, replacement };
}

function readAttributes(strings: readonly string[]): Record<string, string> {
  const pairs = Array.from({ length: strings.length / 2 }, (_, index) => {
    const [value, name] = [plainTemplate(strings[2 * index]!), strings[2 * index + 1]!];
    assert.match(name, /^\.k8s\.[a-z_]+(\.[A-Za-z0-9_-]{1,200})?$/);
    return [name.slice(".k8s.".length), value];
  });
  return Object.fromEntries(pairs);
}

/** Gives the text of a template without macros. */
function plainTemplate(template: string): string {
  assert.doesNotMatch(template.replaceAll("$$", ""), /\$/, "A macro");
  return template.replaceAll("$$", "$");
}

function tokens(text: string): { form: string; strings: string[] } {
  const strings: string[] = [];
  const found = text.match(/"(?:[^"\\]|\\[^])*"|[\w.-]+|[^\s\w.-]/g) ?? [];
  const form = found.map((token) => {
    if (!token.startsWith('"')) return token;
    strings.push(readString(token.slice(1, -1)));
    return '""';
  });
  return { form: form.join(" "), strings };
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };

/** Reads escapes as the lexer does, after it has replaced backticks. */
function readString(inner: string): string {
  assert.doesNotMatch(inner.replaceAll("``", ""), /`/, "A substitution");
  assert.doesNotMatch(inner, /\n/, "A raw newline");
  return inner.replaceAll("``", "`").replaceAll(
    /\\(?:x([0-9a-f]{2})|([^]))/g,
    (_, code?: string, c?: string) => code ? String.fromCharCode(parseInt(code, 16)) : ESCAPES[c!] ?? c!,
  );
}

function count(text: string, word: string): number {
  return text.split(` ${word} `).length - 1;
}
