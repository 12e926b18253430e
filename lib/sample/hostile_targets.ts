/**
 * Targets whose every text is one that breaks out of careless templates.
 *
 * @module
 */
import type { LogTarget } from "../join/log_target.ts";

/** Quotes, ends of lines, what shippers expand, what YAML takes for something else, and what is not printable. */
const HOSTILE_TEXTS: readonly string[] = [
  `a "quoted" 'value'`,
  "back\\slash\\",
  "two\nlines: yes\n- third",
  "\r\n\t\u0001",
  "x: y # z",
  "- *anchor &a !tag @x %y",
  "[section]\n{brace}",
  "${HOME} $SCALYR_API_KEY $(id) $$",
  "#{1+1} `id`",
  "{{ x }} {% y %} <%= z %> <% } %>",
  "%{WORD:x} %%host%%",
  "1.10",
  "null",
  "on",
  "*?[a]",
  "\u007f\u0085\u2028\u2029\ufeff",
  "é 日本 😀 \ud83d",
  "__proto__",
  " ",
];

/** A hostile target with the text that it is made of. */
export interface HostileTarget {
  readonly text: string;
  readonly target: LogTarget;
}

/** Makes a target of each hostile text, alternating between the layouts of some sample targets. */
export function hostileTargets(samples: readonly LogTarget[]): readonly HostileTarget[] {
  if (samples.length === 0) return [];
  return HOSTILE_TEXTS.map((text, index) => ({
    text,
    target: hostile(samples[index % samples.length]!, { text, index }),
  }));
}

function hostile(sample: LogTarget, { text, index }: { readonly text: string; readonly index: number }): LogTarget {
  const { multiline } = sample.hints;
  return {
    ...sample,
    id: index.toString(16).padStart(64, "0"),
    container: { ...sample.container, name: text, imageReference: text, image: text, imageVersion: text },
    pod: {
      ...sample.pod,
      uid: text,
      name: text,
      namespace: text,
      labels: { ...allOf(sample.pod.labels, text), app: text, [text]: text },
      annotations: { ...allOf(sample.pod.annotations, text), [text]: text },
    },
    application: text,
    component: text,
    environment: text,
    version: text,
    release: text,
    attributes: { ...allOf(sample.attributes, text), team: text },
    hints: {
      parser: text,
      multiline,
      samplingRules: [{ pattern: "^debug", rate: 0.5 }],
      redactionRules: [{ pattern: "token=[a-z]+", replacement: text }],
      agents: [],
    },
  };
}

function allOf(map: Readonly<Record<string, string>>, text: string): Record<string, string> {
  return Object.fromEntries(Object.keys(map).map((key) => [key, text]));
}
