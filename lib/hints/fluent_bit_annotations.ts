/**
 * Annotations that Fluent Bit's kubernetes filter heeds: `fluentbit.io/parser[_stdout|_stderr][-container]` and
 * `fluentbit.io/exclude[_stdout|_stderr][-container]` (Fluent Bit's manual, filters, Kubernetes annotations).
 *
 * A log holds both streams here, so what is for one stream alone is not read.
 *
 * @module
 */
import { readParser } from "./hint_values.ts";
import { annotation, type Report, type Subject, type Vocabulary, type Wish, type Wishes } from "./wishes.ts";

const PREFIX = "fluentbit.io/";
const KEY = /^(parser|exclude)(?:_(stdout|stderr))?(?:-(.+))?$/;
/** What Fluent Bit takes for yes (flb_utils_bool). */
const YES = new Set(["true", "on", "yes"]);
const NO = new Set(["false", "off", "no"]);

/** Reads what Fluent Bit would. */
export const FLUENT_BIT_ANNOTATIONS: Vocabulary = {
  name: "fluentbit",
  read(subject, report) {
    const wishes: { -readonly [K in keyof Wishes]: Wishes[K] } = {};
    for (const key of Object.keys(subject.annotations)) {
      if (key.startsWith(PREFIX) && !KEY.test(key.slice(PREFIX.length))) {
        report.notRead(annotation(key), "Fluent Bit's parser and exclude are read, and nothing else");
      }
    }
    const parser = find("parser", { subject, report, read: readParser });
    if (parser) wishes.parser = parser;
    const exclude = find("exclude", { subject, report, read: readYes });
    if (exclude) wishes.exclude = exclude;
    return wishes;
  },
};

type Read<T> = (text: string, refuse: (expected: string) => void) => T | undefined;

/** Finds what is for the container, else what is for all. */
function find<T>(
  hint: string,
  { subject, report, read }: { subject: Subject; report: Report; read: Read<T> },
): Wish<T> | undefined {
  const { annotations, container } = subject;
  const at = (key: string) => {
    if (!Object.hasOwn(annotations, key)) return undefined;
    const source = annotation(key);
    const value = read(annotations[key]!, (expected) => report.invalid(source, expected));
    return value === undefined ? undefined : { value, source };
  };
  for (const suffix of [`-${container}`, ""]) {
    const [out, err] = ["stdout", "stderr"].map((stream) => at(`${PREFIX}${hint}_${stream}${suffix}`));
    const both = at(`${PREFIX}${hint}${suffix}`);
    const isAlike = out !== undefined && out.value === err?.value;
    for (const one of isAlike ? [] : [out, err]) {
      if (one && one.value !== both?.value) {
        report.notRead(one.source, "it is for one stream, and a log holds both");
      }
    }
    const found = isAlike ? out : both;
    if (found) return found;
  }
  return undefined;
}

function readYes(text: string, refuse: (expected: string) => void): boolean | undefined {
  const word = text.trim().toLowerCase();
  if (YES.has(word) || NO.has(word)) return YES.has(word);
  return void refuse("true or false");
}
