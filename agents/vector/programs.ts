/**
 * The programs of a container's transforms, in VRL. They compile whatever Vector knows of the types of fields, and never fail at run time: a line that is not as
 * expected goes on as it is.
 *
 * @module
 */
import type { LogFormat, LogTarget, RedactionRule, SamplingRule } from "../../lib/render/agent.ts";
import { vrl, VrlPattern } from "./vrl.ts";

/** Functions of VRL that take a line apart, by name of a parser. */
const PARSERS: Readonly<Record<string, string>> = {
  apache: 'parse_apache_log(line, format: "combined")',
  cef: "parse_cef(line)",
  common: "parse_common_log(line)",
  json: "parse_json(line)",
  klog: "parse_klog(line)",
  logfmt: "parse_logfmt(line)",
  nginx: 'parse_nginx_log(line, format: "combined")',
  syslog: "parse_syslog(line)",
};

/**
 * The line as text. VRL refuses to handle an error that cannot come, and Vector may know that `message` is text, or not know it; of what `get` returns nothing is
 * known in either case.
 */
const LINE = 'string(get(., ["message"]) ?? "") ?? ""';

/** Names of the parsers that Vector has for lines. */
export const KNOWN_PARSERS: readonly string[] = Object.keys(PARSERS);

/**
 * Takes the runtime's envelope off: the line goes to `message`, its stream and time to `stream` and `timestamp`; `_klw_partial` says that more of the line is to
 * come.
 */
export const ENVELOPE: Readonly<Record<LogFormat, string>> = {
  "cri":
    `parsed, err = parse_regex(.message, r'(?s)^(?P<time>[^ ]+) (?P<stream>stdout|stderr) (?P<tag>[^ ]+) ?(?P<message>.*)$')
if err == null {
  .message = parsed.message
  .stream = parsed.stream
  ._klw_partial = starts_with(string(parsed.tag) ?? "", "P")
  time, err = parse_timestamp(parsed.time, format: "%+")
  if err == null { .timestamp = time }
}
`,
  "json-file": `parsed, err = parse_json(.message)
if err == null {
  line, err = string(parsed.log)
  if err == null {
    .message = replace(line, r'\\n$', "")
    .stream = parsed.stream
    ._klw_partial = !ends_with(line, "\\n")
    time, err = parse_timestamp(parsed.time, format: "%+")
    if err == null { .timestamp = time }
  }
}
`,
};

/** Says that a line is whole. */
export const IS_WHOLE = "._klw_partial != true";

/** Makes the condition of lines that begin an event. */
export function isFirstLine(pattern: string): string {
  return `match(${LINE}, ${vrl`${new VrlPattern(pattern)}`})`;
}

/** Fields that are added to each event; their names are the agent's own. */
export type Fields = Readonly<Record<string, string | Readonly<Record<string, string>>>>;

/** Makes the last program of a container: leaves events out, replaces what is not to be seen, takes lines apart, and adds what is known of the container. */
export function finish({ hints }: LogTarget, fields: Fields): string {
  const steps = [
    ...sampling(hints.samplingRules),
    ...redaction(hints.redactionRules),
    ...parser(hints.parser),
  ];
  return [
    ...(steps.length === 0 ? [] : [`line = ${LINE}`]),
    ...steps,
    ...Object.entries(fields).map(([name, value]) => `.${name} = ${vrl`${value}`}`),
    "del(._klw_partial)",
    "",
  ].join("\n");
}

/** The first rule that matches decides. */
function sampling(rules: readonly SamplingRule[]): string[] {
  if (rules.length === 0) return [];
  const branches = rules.map(({ pattern, rate }) =>
    vrl`if match(line, ${new VrlPattern(pattern)}) {
  if random_float(0.0, 1.0) >= ${rate} { abort }
}`
  );
  return [branches.join(" else ")];
}

function redaction(rules: readonly RedactionRule[]): string[] {
  if (rules.length === 0) return [];
  const steps = rules.map(({ pattern, replacement }) =>
    // A dollar sign would begin a reference to a group.
    vrl`line = replace(line, ${new VrlPattern(pattern)}, ${replacement.replaceAll("$", "$$$$")})`
  );
  return [...steps, ".message = line"];
}

function parser(name: string): string[] {
  const call = Object.hasOwn(PARSERS, name) ? PARSERS[name] : undefined;
  return call === undefined ? [] : [`parsed, err = ${call}\nif err == null { .parsed = parsed }`];
}
