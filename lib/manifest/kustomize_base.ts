/**
 * A manifest as a base for kustomize: a file for each object.
 *
 * @module
 */
import { parseAllDocuments, stringify } from "yaml";

/** Cuts a manifest into the files of a base, by path. */
export function makeKustomizeBase(manifest: string): ReadonlyMap<string, string> {
  const documents = manifest.split(/^---$/m).slice(1).map((text) => text.trimStart());
  const files = new Map(documents.map((text) => {
    const [parsed] = parseAllDocuments(text);
    const { kind, metadata } = (parsed as { toJS(): unknown }).toJS() as { kind: string; metadata: { name: string } };
    return [`${kind.toLowerCase()}-${metadata.name}.yaml`, text];
  }));
  const kustomization = {
    apiVersion: "kustomize.config.k8s.io/v1beta1",
    kind: "Kustomization",
    resources: [...files.keys()],
  };
  return new Map([["kustomization.yaml", stringify(kustomization)], ...files]);
}
