/**
 * What the Kubernetes API takes as labels and annotations.
 *
 * Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set and
 * .../annotations/#syntax-and-character-set, apimachinery validation.ValidateLabelName and ValidateAnnotations.
 *
 * @module
 */
import type { FieldProblem, PodEdit } from "./page_content.ts";

const NAME = /^[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?$/;
const DOMAIN = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/;
/** Sum of keys and values of all annotations, bytes. */
const MAX_ANNOTATIONS = 256 * 1024;
const encoder = new TextEncoder();

/** Lists what the API would refuse. */
export function refusedByKubernetes({ labels, annotations }: Omit<PodEdit, "uid">): FieldProblem[] {
  const found: FieldProblem[] = [];
  const say = (field: FieldProblem["field"], key: string, why: string) =>
    found.push({ field, key, text: `Kubernetes does not take it: ${why}` });
  for (const key of Object.keys(labels)) {
    const why = wrongKey(key) ?? wrongLabelValue(labels[key]!);
    if (why !== undefined) say("labels", key, why);
  }
  for (const key of Object.keys(annotations)) {
    const why = wrongKey(key.toLowerCase());
    if (why !== undefined) say("annotations", key, why);
  }
  const bytes = Object.entries(annotations).flat().reduce((sum, text) => sum + encoder.encode(text).length, 0);
  const longest = Object.entries(annotations).sort(([, a], [, b]) => b.length - a.length)[0]?.[0];
  if (bytes > MAX_ANNOTATIONS && longest !== undefined) {
    say("annotations", longest, `all annotations together have ${bytes} bytes, at most ${MAX_ANNOTATIONS} are allowed`);
  }
  return found;
}

function wrongKey(key: string): string | undefined {
  const parts = key.split("/");
  const name = parts.at(-1)!;
  if (parts.length > 2) return "a key has at most one slash";
  if (parts.length === 2 && !(DOMAIN.test(parts[0]!) && parts[0]!.length <= 253)) {
    return "what comes before the slash must be a DNS name in lower case, of at most 253 characters";
  }
  if (name.length > 63 || !NAME.test(name)) {
    return "the name of a key has 1 to 63 characters, letters, digits, - _ and ., and begins and ends with a letter or digit";
  }
  return undefined;
}

function wrongLabelValue(value: string): string | undefined {
  if (value === "" || (value.length <= 63 && NAME.test(value))) return undefined;
  return "the value of a label has at most 63 characters, letters, digits, - _ and ., and begins and ends with a letter or digit";
}
