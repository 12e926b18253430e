/**
 * Environment variables that begin with WATCHER_ and mean nothing: most often a typing error.
 *
 * @module
 */
import { printable } from "../observe/printable.ts";
import type { AgentDescription } from "../render/agent_description.ts";
import { coreSettings } from "./core_settings.ts";
import { ownersOf, variablesOf } from "./setting_names.ts";
import { didYouMean } from "./suggest.ts";

/** Agents against which variables are looked up. */
export interface VariableScope {
  /** The selected agents. */
  readonly described: readonly AgentDescription[];
  /** Names of all agents that could be selected; their variables are known though they are not described. */
  readonly knownAgentNames: readonly string[];
}

/** Makes one warning per unknown variable, in the order of their names. */
export function warnOfUnknownVariables(
  env: Readonly<Record<string, string | undefined>>,
  { described, knownAgentNames }: VariableScope,
): readonly string[] {
  const known = new Set([
    ...coreSettings().map(([, setting]) => setting.env),
    ...described.flatMap(({ settings }) => Object.values(settings).flatMap(variablesOf)),
  ]);
  const selected = new Set(described.map(({ name }) => name));
  const isOthers = (name: string) => ownersOf(name, knownAgentNames).some((owner) => !selected.has(owner));
  return Object.entries(env)
    .filter(([name, value]) => name.startsWith("WATCHER_") && !known.has(name) && !isServiceLink(name, value ?? ""))
    .filter(([name]) => !isOthers(name))
    .map(([name]) => name).sort()
    .map((name) =>
      `Environment variable ${printable(name, 200)} is not known and has no effect${didYouMean(name, known)}`
    );
}

/**
 * Whether the kubelet made the variable for a Service named `watcher-...` (docker-links variables, see
 * https://kubernetes.io/docs/tutorials/services/connect-applications-service/#environment-variables).
 */
function isServiceLink(name: string, value: string): boolean {
  return /_SERVICE_(HOST|PORT(_[A-Z0-9_]+)?)$|_PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?$/.test(name) ||
    (name.endsWith("_PORT") && /^(tcp|udp|sctp):\/\//.test(value));
}
