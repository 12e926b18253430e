/**
 * Field selectors of pods.
 *
 * @module
 */
import type { ApiPod } from "./example_pod.ts";

/** Returns the test that the parameter fieldSelector makes: of node, name and namespace. */
export function podSelector(query: URLSearchParams): (pod: ApiPod) => boolean {
  const terms = (query.get("fieldSelector") ?? "").split(",").filter((term) => term !== "").map((term) =>
    term.split("=")
  );
  return ({ metadata, spec }) =>
    terms.every(([field, value]) =>
      field === "spec.nodeName"
        ? spec.nodeName === value
        : field === "metadata.name"
        ? metadata.name === value
        : field === "metadata.namespace" && metadata.namespace === value
    );
}
