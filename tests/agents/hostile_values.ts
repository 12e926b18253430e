/**
 * Values that break out of careless templates, and a target that is made of one.
 *
 * @module
 */
import type { LogTarget } from "../../lib/join/log_target.ts";
import { criTarget } from "./log_targets.ts";

/** Values that break out of careless templates, with what comes back: themselves, or the form without what no reader survives. */
export const HOSTILE_VALUES: readonly [value: string, comesBack?: string][] = [
  ["1.10"],
  ["on"],
  ["0123"],
  ["1e3"],
  ["~"],
  ["null"],
  ['a "quoted" value'],
  ["it's"],
  ["back\\slash\\"],
  ["two\nlines"],
  ["\r\n\t\u0001"],
  ["x: y # z"],
  ["- *anchor &a !tag @x %y"],
  ["${HOME} $SCALYR_API_KEY $(id)"],
  ["#{1+1} `id`"],
  ["{{ x }} {% y %} <%= z %> <% } %>"],
  ["%{WORD:x}"],
  ["[*?]"],
  ["../../etc/passwd"],
  ["\u007f\u0085\u2028\u2029\ufeff"],
  ["é 日本 😀"],
  ["__proto__"],
  ["constructor"],
  ["\ud83d", "\ufffd"],
  ["a\udc00b", "a\ufffdb"],
  ["a\0b", "a\ufffdb"],
  [" "],
];

/** Makes a target with the value in every text that comes from a pod, attributes included. */
export function hostileTarget(value: string): LogTarget {
  return criTarget({
    podName: value,
    namespace: value,
    containerName: value,
    labels: {
      application: value,
      component: value,
      environment: value,
      version: value,
      release: value,
      appdynamics_app: value,
      appdynamics_tier: value,
    },
    annotations: {
      "kubernetes-log-watcher/scalyr-parser": JSON.stringify([{ container: value, parser: value }]),
      "kubernetes-log-watcher/scalyr-redaction-rules": JSON.stringify([{
        container: value,
        "redaction-rules": [{ match_expression: "x", replacement: value }],
      }]),
    },
    attributes: { plain: value, [value]: "plain" },
  });
}
