/**
 * The command `agents check`: whether a folder is an agent that keeps its contract.
 *
 * @module
 */
import { basename, resolve } from "node:path";
import type { OperatorRules } from "../config/operator_rules.ts";
import { resolveConfig } from "../config/resolve.ts";
import type { AgentDescription } from "../render/agent_description.ts";
import type { CommandContext, CommandDefinition } from "./command_definition.ts";
import type { AgentTrial } from "./commands.ts";
import { EXIT, UsageError } from "./failure.ts";
import { type NodeSnapshot, readSnapshot, rulesOfSnapshot, withSettings } from "./node_snapshot.ts";

/** Containers that are named for one reason. */
const MAX_NAMES = 3;

/** One thing that was checked. */
interface Finding {
  readonly check: "contract" | "sample" | "order" | "hostile values";
  readonly result: "ok" | "warning" | "failed";
  /** Sentence without a full stop. */
  readonly text: string;
}

/** Declares `agents check`. */
export const agentsCheckCommand: CommandDefinition = {
  name: "agents check",
  needs: ["read", "write", "run"],
  uses: ["env"],
  summary: "Check a folder: contract, sandbox, and what it renders for sample and hostile containers",
  description:
    "Opens the folder in its sandbox, checks what it declares, renders the containers of the recorded sample node with sample settings, reads " +
    "the files back with a parser of their language, renders them again in another order, and renders containers whose every text is one that breaks careless " +
    "templates. Exit code 1 if anything failed.",
  takesAgentNames: false,
  argument: { syntax: "<folder>", help: "Folder of the agent" },
  settings: [],
  takesAgentSettings: false,
  options: [
    { flag: "snapshot", placeholder: "file", help: "Render the containers of a node that `snapshot` recorded" },
    { flag: "output", help: "Form of the output", choices: ["text", "json"] },
  ],
  examples: [["deno task start agents check ./my-agents/my-shipper", "a folder of your own"]],
  usesNetwork: () => false,
  async execute({ args, options }, context) {
    const file = options.get("snapshot");
    const snapshot = typeof file === "string" ? await readSnapshot(file) : undefined;
    const rules = snapshot && rulesOfSnapshot(snapshot, String(file));
    const findings = await findingsOf(resolve(args[0] ?? ""), { ...context, snapshot, rules });
    const hasFailed = findings.some(({ result }) => result === "failed");
    const text = options.get("output") === "json"
      ? JSON.stringify({ isGood: !hasFailed, findings }, null, 2) + "\n"
      : findings.map(({ check, result, text }) => `${result.padEnd(8)}${check}: ${text}\n`).join("");
    await context.terminal.out(text);
    return hasFailed ? EXIT.failed : EXIT.fine;
  },
};

type Scope = CommandContext & {
  readonly snapshot: NodeSnapshot | undefined;
  readonly rules: OperatorRules | undefined;
};

async function findingsOf(folder: string, context: Scope): Promise<readonly Finding[]> {
  const name = basename(folder);
  let description: AgentDescription;
  try {
    if (!Deno.statSync(folder).isDirectory) throw new Error("it is no folder");
  } catch (cause) {
    throw new UsageError(`Cannot check ${folder}: ${(cause as Error).message}`, { cause });
  }
  try {
    [description] = await context.commands.describe(new Map([[name, folder]])) as [AgentDescription];
  } catch (error) {
    return [{ check: "contract", result: "failed", text: (error as Error).message }];
  }
  return [contractFinding(description), ...await trialFindings(description, context)];
}

function contractFinding({ summary, settings, outputs }: AgentDescription): Finding {
  const counts = `${Object.keys(settings).length} settings, ${Object.keys(outputs).length} outputs`;
  return { check: "contract", result: "ok", text: `${summary} (${counts})` };
}

async function trialFindings(
  description: AgentDescription,
  { commands, snapshot, rules }: Scope,
): Promise<readonly Finding[]> {
  const { config } = await resolveConfig({
    given: withSettings({ flags: new Map(), env: {} }, snapshot ?? { settings: {} }),
    ...(rules ? { rules } : {}),
    agentNames: [description.name],
    described: [description],
    knownAgentNames: [description.name],
    readTextFile: Deno.readTextFile,
    workingFolder: Deno.cwd(),
    hasServiceAccount: false,
    isNodeNameRequired: false,
    samples: true,
  });
  try {
    return describeTrial(await commands.checkAgent(config, { snapshot }));
  } catch (error) {
    return [{ check: "sample", result: "failed", text: (error as Error).message }];
  }
}

function describeTrial(trial: AgentTrial): readonly Finding[] {
  const { containers, files, links, refused, warnings, isDeterministic, hostile } = trial;
  const failures = Map.groupBy(refused, ({ reason }) => reason);
  // What every container fails with is said once.
  const own = hostile.refused.filter(({ reason }) => !failures.has(reason));
  const good = hostile.containers - hostile.refused.length;
  return [
    ...[...failures].map(([reason, all]): Finding => ({
      check: "sample",
      result: "failed",
      text: `${listOf(all.map(({ name }) => name))}: ${reason}`,
    })),
    ...warnings.map((text): Finding => ({ check: "sample", result: "warning", text })),
    {
      check: "sample",
      result: files + links > 0 ? "ok" : "failed",
      text: `${files} files and ${links} links for ${containers} containers, each read back in its language`,
    },
    isDeterministic ? { check: "order", result: "ok", text: "the order of containers does not change a byte" } : {
      check: "order",
      result: "failed",
      text: "the order of containers changes what is written; sort what is listed",
    },
    // A refusal is a decision that an agent may make, and harms nobody else.
    ...[...Map.groupBy(own, ({ reason }) => reason)].map(([reason, all]): Finding => ({
      check: "hostile values",
      result: "warning",
      text: `a container with ${listOf(all.map(({ text }) => JSON.stringify(text)))} is refused: ${reason}`,
    })),
    {
      check: "hostile values",
      result: good > 0 ? "ok" : "failed",
      text: `${good} of ${hostile.containers} containers are written as values and read back`,
    },
  ];
}

/** Names some of many. */
function listOf(names: readonly string[]): string {
  const more = names.length - MAX_NAMES;
  return names.slice(0, MAX_NAMES).join(", ") + (more > 0 ? ` and ${more} more` : "");
}
