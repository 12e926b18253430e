/**
 * The manifest that users deploy, read as kubectl reads it.
 *
 * @module
 */
import { parseAllDocuments } from "yaml";
import { REAL_MAIN, runProgram } from "../../cli/program.ts";
import type { KubeObject } from "./kube_api.ts";

/** As a user of this cluster would ask for it. */
const FLAGS = ["--cluster-id", "my-cluster", "--kubernetes", "1.20"];

/**
 * Reads all objects of the manifest. kubectl's parser follows YAML 1.1.
 * @param agents Default: the one that the scenario runs.
 * @param flags Further ones.
 */
export async function readManifest(
  agents: readonly string[] = ["scalyr"],
  flags: readonly string[] = [],
): Promise<KubeObject[]> {
  const args = ["manifest", "--agents", agents.join(","), ...FLAGS, ...flags];
  const { code, out, err } = await runProgram(args, { main: REAL_MAIN });
  if (code !== 0) throw new Error(`The program printed no manifest: ${err}`);
  const documents = parseAllDocuments(out, { version: "1.1" });
  if (!Array.isArray(documents)) throw new Error("The manifest is empty");
  return documents.map((document) => document.toJS()).filter((object) => object !== null);
}
