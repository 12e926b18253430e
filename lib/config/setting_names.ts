/**
 * Names of agents' settings: which agent a variable belongs to, and the flag made from it. This is how one agent never gets
 * to see another's settings.
 *
 * @module
 */
import type { Setting } from "../render/agent.ts";
import type { AgentDescription } from "../render/agent_description.ts";
import { coreSettingOf, coreSettings } from "./core_settings.ts";

/** Flags of commands; settings must not take them. */
const COMMAND_FLAGS = new Set(["help", "version", "once", "diff", "output", "keep"]);
const LEAST_LEADING_PART = 4;

/** Makes the flag of an agent's variable, without dashes: `WATCHER_SCALYR_DEST_PATH` -> `scalyr-dest-path`. */
export function flagOf(env: string): string {
  return env.replace(/^WATCHER_/, "").toLowerCase().replaceAll("_", "-");
}

/** Lists the variables of a setting: its own, and that of the file which may hold a secret. */
export function variablesOf(setting: Setting): readonly string[] {
  return setting.secret ? [setting.env, `${setting.env}_FILE`] : [setting.env];
}

/**
 * Finds the agents that a variable may belong to: the one whose whole name is the longest prefix of it; where there is
 * none, all whose name begins with the variable's first word or words (at least 4 letters).
 * @returns Names; more than one means that the variable is ambiguous.
 */
export function ownersOf(env: string, agentNames: Iterable<string>): readonly string[] {
  const names = [...agentNames];
  const whole = names.filter((name) => env.startsWith(`WATCHER_${variablePart(name)}_`));
  if (whole.length > 0) return [whole.reduce((best, name) => name.length > best.length ? name : best)];
  return names.filter((name) => beginsWithPartOf(name, env));
}

/**
 * Checks that the variables an agent declares are its own.
 * @param knownAgentNames Names of all agents that could be selected, this one among them.
 * @returns Sentences without full stop, one per fault; empty when all is well.
 */
export function checkSettingNames(description: AgentDescription, knownAgentNames: Iterable<string>): readonly string[] {
  const known = [...knownAgentNames];
  const taken = new Map<string, string>();
  const problems: string[] = [];
  for (const [name, setting] of Object.entries(description.settings)) {
    for (const env of variablesOf(setting)) {
      const fault = faultOf(env, { agent: description.name, known, taken });
      if (fault) problems.push(`Agent ${description.name} cannot have ${env} for its setting ${name}: ${fault}`);
      taken.set(env, name);
    }
  }
  return problems;
}

interface Owner {
  readonly agent: string;
  readonly known: readonly string[];
  readonly taken: ReadonlyMap<string, string>;
}

function faultOf(env: string, { agent, known, taken }: Owner): string | undefined {
  const example = `WATCHER_${variablePart(agent)}_...`;
  if (!/^WATCHER(_[A-Z0-9]+)+$/.test(env)) return `the name must be ${example} in capital letters, digits and single _`;
  if (coreSettingOf(env)) return `it is a setting of the program itself; name it ${example}`;
  if (taken.has(env)) return `its setting ${taken.get(env)} has it already`;
  const owners = ownersOf(env, known);
  if (!owners.includes(agent)) {
    const others = owners.length > 0
      ? `it belongs to agent ${owners.join(" or ")}`
      : "it does not begin with the agent's name";
    return `${others}; name it ${example}`;
  }
  if (owners.length > 1) return `it could belong to any of ${owners.join(", ")}; name it ${example}`;
  const flag = flagOf(env);
  if (flag.startsWith("no-")) return `a flag that begins with --no- would mean the opposite`;
  const isTaken = COMMAND_FLAGS.has(flag) || coreSettings().some(([, setting]) => setting.flag === flag);
  return isTaken ? `its flag --${flag} is one of the program itself` : undefined;
}

function variablePart(agentName: string): string {
  return agentName.toUpperCase().replaceAll("-", "_");
}

function beginsWithPartOf(agentName: string, env: string): boolean {
  const name = variablePart(agentName);
  for (let length = LEAST_LEADING_PART; length <= name.length; length++) {
    if (env.startsWith(`WATCHER_${name.slice(0, length)}_`)) return true;
  }
  return false;
}

/** Agents declare variables that are not theirs. */
export class SettingNamesError extends Error {
  override readonly name = "SettingNamesError";
}
