/**
 * The manifest that users deploy, read as kubectl reads it.
 *
 * @module
 */
import { parseAllDocuments } from "yaml";
import { REAL_MAIN, runProgram } from "../../cli/program.ts";
import type { KubeObject } from "./kube_api.ts";

/** As a user of this cluster would ask for it. */
const COMMAND = ["manifest", "--agents", "scalyr", "--cluster-id", "my-cluster", "--kubernetes", "1.20"];

/** Reads all objects of the manifest. kubectl's parser follows YAML 1.1. */
export async function readManifest(): Promise<KubeObject[]> {
  const { code, out, err } = await runProgram(COMMAND, { main: REAL_MAIN });
  if (code !== 0) throw new Error(`The program printed no manifest: ${err}`);
  const documents = parseAllDocuments(out, { version: "1.1" });
  if (!Array.isArray(documents)) throw new Error("The manifest is empty");
  return documents.map((document) => document.toJS()).filter((object) => object !== null);
}
