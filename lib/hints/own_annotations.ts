/**
 * The program's own annotations, `kubernetes-log-watcher/<hint>`: for all containers of the pod, for one (`<hint>.<container>`), or a JSON list with an item for
 * each container. Of these the one that names the container after a dot holds, then the first item of the list, then what is for all.
 *
 * @module
 */
import { readAttributes } from "./attributes.ts";
import { readAgents, readBoolean, readMultiline, readParser } from "./hint_values.ts";
import { own, readRedactionRules, readSamplingRules, type Refuse } from "./rule_list.ts";
import { annotation, type Report, type Subject, type Vocabulary, type Wishes } from "./wishes.ts";

/** Begins the names of all annotations of this program. */
export const PREFIX = "kubernetes-log-watcher/";

/** Longest annotation that is read, in characters. */
const MAX_TEXT = 64 * 1024;

/** How a hint is written and read. */
interface HintReading {
  /** Name of the annotation, and of the property in an item of the list form. */
  readonly name: string;
  /** Whether its value is JSON when it is not for one container of a list. */
  readonly isJson: boolean;
  /** Reads a value; gives the wish's value in a list, or nothing. */
  readonly read: (value: unknown, refuse: Refuse) => readonly [unknown] | undefined;
}

function reading<T>(
  name: string,
  read: (value: unknown, refuse: Refuse) => T | undefined,
  isJson = false,
): HintReading {
  return {
    name,
    isJson,
    read(value, refuse) {
      const found = read(value, refuse);
      return found === undefined ? undefined : [found];
    },
  };
}

const HINTS: Readonly<Record<keyof Wishes, HintReading>> = {
  exclude: reading("exclude", readBoolean),
  agents: reading("agents", readAgents),
  parser: reading("parser", readParser),
  multiline: {
    name: "multiline",
    isJson: false,
    read(value, refuse) {
      const found = readMultiline(value, refuse);
      return found && [found.multiline];
    },
  },
  samplingRules: reading("sampling-rules", readSamplingRules, true),
  redactionRules: reading("redaction-rules", readRedactionRules, true),
  attributes: reading("attributes", readAttributes, true),
};

const NAMES: readonly string[] = Object.values(HINTS).map(({ name }) => name);

/** Names of all annotations of this program, as they are written for all containers of a pod. */
export const OWN_NAMES: readonly string[] = NAMES.map((name) => PREFIX + name);

/** Reads the program's own annotations. */
export const OWN_ANNOTATIONS: Vocabulary = {
  name: "",
  read(subject, report) {
    const keys = Object.keys(subject.annotations).filter((key) => key.startsWith(PREFIX));
    if (keys.length === 0) return {};
    for (const key of keys) checkKey(key, { subject, report });
    const wishes = Object.entries(HINTS).flatMap(([hint, one]) => {
      const found = find(one, { subject, report });
      return found ? [[hint, found]] : [];
    });
    return Object.fromEntries(wishes);
  },
};

interface Scope {
  readonly subject: Subject;
  readonly report: Report;
}

function find(hint: HintReading, { subject, report }: Scope) {
  for (const key of [`${PREFIX}${hint.name}.${subject.container}`, `${PREFIX}${hint.name}`]) {
    if (!Object.hasOwn(subject.annotations, key)) continue;
    const source = annotation(key);
    const refuse: Refuse = (expected) => report.invalid(source, expected);
    const value = valueOf(subject.annotations[key]!, { hint, container: subject.container, refuse });
    const found = value && hint.read(value[0], refuse);
    if (found) return { value: found[0], source };
  }
  return undefined;
}

/** Gives what an annotation says for a container, in a list; nothing if it says nothing for it. */
function valueOf(
  text: string,
  { hint, container, refuse }: { hint: HintReading; container: string; refuse: Refuse },
): readonly [unknown] | undefined {
  if (text.length > MAX_TEXT) return void refuse(`at most ${MAX_TEXT} characters`);
  const json = /^\s*[[{]/.test(text) ? parseJson(text) : undefined;
  if (isItemList(json)) return itemFor(json, { hint, container, refuse });
  return [hint.isJson ? json : text];
}

/** Tells whether a value is a list with items for containers; rules and attributes have no property `container` of their own. */
function isItemList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && value.some((item) => own(item, "container") !== undefined);
}

function itemFor(
  items: readonly unknown[],
  { hint, container, refuse }: { hint: HintReading; container: string; refuse: Refuse },
): readonly [unknown] | undefined {
  const areItems = items.every((item) =>
    typeof own(item, "container") === "string" && own(item, hint.name) !== undefined
  );
  if (!areItems) refuse(`a JSON list of objects like {"container": "app", "${hint.name}": ...}`);
  const item = items.find((one) => own(one, "container") === container);
  const value = own(item, hint.name);
  return value === undefined ? undefined : [value];
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Says what is wrong with an annotation's name, if it is likely to be meant for this program. */
function checkKey(key: string, { subject, report }: Scope) {
  const name = key.slice(PREFIX.length);
  const dot = name.indexOf(".");
  const hint = dot === -1 ? name : name.slice(0, dot);
  if (!NAMES.includes(hint)) {
    const meant = NAMES.find((one) => bare(one) === bare(hint));
    if (meant) report.invalid(annotation(key), `the name ${PREFIX}${meant}`);
  } else if (dot !== -1 && subject.containers.length > 0 && !subject.containers.includes(name.slice(dot + 1))) {
    report.invalid(
      annotation(key),
      `the name of a container of the pod after the dot: ${subject.containers.join(", ")}`,
    );
  }
}

/** Leaves of a name what is left when it is misspelt in one of the usual ways. */
function bare(name: string): string {
  return name.slice(0, 100).toLowerCase().replaceAll(/[^a-z]/g, "").replace(/s$/, "");
}
