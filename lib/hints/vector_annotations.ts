/**
 * Label and annotation that Vector's kubernetes_logs source heeds: `vector.dev/exclude: "true"`, a label, for the whole pod, and the annotation
 * `vector.dev/exclude-containers` with names separated by commas (Vector's reference, kubernetes_logs: filtering, container exclusion).
 *
 * @module
 */
import { annotation, type Vocabulary } from "./wishes.ts";

const LABEL = "vector.dev/exclude";
const CONTAINERS = "vector.dev/exclude-containers";

/** Reads what Vector would. */
export const VECTOR_ANNOTATIONS: Vocabulary = {
  name: "vector",
  read({ labels, annotations, container }) {
    const names = Object.hasOwn(annotations, CONTAINERS) ? annotations[CONTAINERS]!.split(",") : [];
    if (names.some((name) => name.trim() === container)) {
      return { exclude: { value: true, source: annotation(CONTAINERS) } };
    }
    // Vector selects pods by vector.dev/exclude!=true: no other spelling counts.
    if (Object.hasOwn(labels, LABEL) && labels[LABEL] === "true") {
      return { exclude: { value: true, source: `label ${LABEL}` } };
    }
    return {};
  },
};
