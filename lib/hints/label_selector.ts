/**
 * Label selectors as kubectl takes them: `app=web,tier!=cache,env in (prod,test),team,!legacy`.
 *
 * @module
 */

/** Tells whether labels meet a selector. */
export type LabelSelector = (labels: Readonly<Record<string, string>>) => boolean;

const KEY = String.raw`(?:[a-z0-9.-]+\/)?[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?`;
const VALUE = String.raw`(?:[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?)?`;
const REQUIREMENT = new RegExp(
  String.raw`\s*(?:(!)?\s*(${KEY})|(${KEY})\s*(==|=|!=)\s*(${VALUE})|(${KEY})\s+(in|notin)\s*\(([^()]*)\))\s*(?:,|$)`,
  "y",
);

/** Reads a selector; undefined if it is none. An empty one is met by all labels. */
export function readLabelSelector(text: string): LabelSelector | undefined {
  const requirements: LabelSelector[] = [];
  let at = 0;
  while (at < text.length) {
    REQUIREMENT.lastIndex = at;
    const match = REQUIREMENT.exec(text);
    if (!match) return text.trim() === "" ? () => true : undefined;
    at = REQUIREMENT.lastIndex;
    requirements.push(requirement(match));
  }
  return (labels) => requirements.every((one) => one(labels));
}

/** As in Kubernetes `!=` and `notin` are met where there is no such label. */
function requirement([, not, key, equalKey, sign, value, setKey, kind, set]: RegExpExecArray): LabelSelector {
  const get = (labels: Readonly<Record<string, string>>, name: string) =>
    Object.hasOwn(labels, name) ? labels[name] : undefined;
  if (key !== undefined) return (labels) => (get(labels, key) === undefined) === (not === "!");
  if (equalKey !== undefined) return (labels) => (get(labels, equalKey) === value) === (sign !== "!=");
  const values = new Set(set!.split(",").map((one) => one.trim()));
  return (labels) => {
    const found = get(labels, setKey!);
    return (found !== undefined && values.has(found)) === (kind === "in");
  };
}
