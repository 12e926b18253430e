/**
 * What the tests of manifests share: objects as kubectl reads them.
 *
 * @module
 */
import assert from "node:assert/strict";
import { parseAllDocuments } from "yaml";
import type { ManifestOptions } from "../../lib/manifest/manifest.ts";
import { REAL_MAIN, runProgram } from "../cli/program.ts";

// deno-lint-ignore no-explicit-any -- objects of Kubernetes, of which each test looks at other parts
export type KubeObject = any;

/** Options of a manifest but for the sidecars. */
export const OPTIONS: Omit<ManifestOptions, "sidecars"> = {
  base: Deno.readTextFileSync(new URL("../../templates/manifest/base.yaml", import.meta.url)),
  name: "klw",
  namespace: "ops",
  image: "klw:1",
  version: "1.10",
  metricsPort: 9400,
  settings: {},
  events: false,
  kubernetesMinor: 33,
};

/** Reads the documents of a text, as YAML 1.1. */
export function objectsOf(text: string): KubeObject[] {
  return parseAllDocuments(text, { version: "1.1", uniqueKeys: true }).map((document) => {
    assert.deepEqual(document.errors, []);
    return document.toJS();
  });
}

/** Runs the command `manifest`. */
export async function manifest(...args: string[]): Promise<KubeObject[]> {
  const { code, out, err } = await runProgram(["manifest", ...args], { main: REAL_MAIN });
  assert.equal(code, 0, err);
  return objectsOf(out);
}

/** Finds the first object of a kind. */
export const find = (objects: readonly KubeObject[], kind: string): KubeObject =>
  objects.find((object) => object.kind === kind);
