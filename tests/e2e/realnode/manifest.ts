/**
 * The manifest that users deploy, read as kubectl reads it.
 *
 * @module
 */
import { parseAllDocuments } from "yaml";
import type { KubeObject } from "./kube_api.ts";

const MANIFEST = new URL("../../../templates/manifest/scalyr.yaml", import.meta.url);

/** Reads all objects of the manifest. kubectl's parser follows YAML 1.1. */
export async function readManifest(): Promise<KubeObject[]> {
  const documents = parseAllDocuments(await Deno.readTextFile(MANIFEST), { version: "1.1" });
  if (!Array.isArray(documents)) throw new Error("The manifest is empty");
  return documents.map((document) => document.toJS()).filter((object) => object !== null);
}
