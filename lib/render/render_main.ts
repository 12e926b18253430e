/**
 * Renders the main file of a shipper's own check.
 *
 * @module
 */
import type { NodeContext } from "../join/log_target.ts";
import type { OpenAgent } from "./agent_host.ts";
import { createTextCheck } from "./formats.ts";
import { isPlain } from "./plain.ts";
import type { MainRequest } from "./protocol.ts";
import { SandboxError } from "./sandbox_error.ts";

/** What the template gets besides what the agent gives. */
export type MainGiven = Pick<MainRequest, "settings" | "files" | "work">;

/**
 * Asks the agent for the file.
 *
 * @throws {SandboxError} If the agent fails.
 * @throws {OutputFormatError} If the file does not parse.
 */
export async function renderMain(
  { description, sandbox, node }: OpenAgent & { readonly node: NodeContext },
  given: MainGiven,
): Promise<string> {
  const answer = await sandbox.turn((ask) => ask({ type: "main", node, ...given }));
  const contents = isPlain(answer) && answer.type === "main" ? answer.contents : undefined;
  const main = description.check?.main;
  if (typeof contents !== "string" || !main) {
    throw new SandboxError("protocol", `Agent ${description.name} gave no main file for its check`);
  }
  const check = await createTextCheck(main, description.languages);
  check(contents, 0);
  return contents;
}
