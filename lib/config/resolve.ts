/**
 * Resolves flags, environment and defaults to one configuration, or to all that is wrong with them at once.
 *
 * @module
 */
import type { AgentDescription } from "../render/agent_description.ts";
import { BUILT_IN_AGENTS } from "../render/find_agents.ts";
import { resolveAgent } from "./agent_settings.ts";
import { resolveApi } from "./api_access.ts";
import type { AgentConfig, Config } from "./config.ts";
import { CORE_SETTINGS, type CoreKey, coreSettings, type CoreValues } from "./core_settings.ts";
import { describeProblem, findGiven, type Given, shownText } from "./given.ts";
import { findOutputsAmongLogs } from "./log_folders.ts";
import { NO_RULES, type OperatorRules } from "./operator_rules.ts";
import { resolvePaths } from "./resolve_paths.ts";
import type { ReadTextFile } from "./secrets.ts";
import { didYouMean } from "./suggest.ts";
import { warnOfUnknownVariables } from "./unknown_variables.ts";

/** What a configuration is made from. */
export interface ResolveInput {
  readonly given: Given;
  /** The operator's rules, of the configuration file; default none. */
  readonly rules?: OperatorRules;
  /** Names of the agents to configure, in order; undefined takes the setting `agents`, which is required then. */
  readonly agentNames?: readonly string[] | undefined;
  /** Names of selected agents that could not be described: they are passed over, for that was said already. */
  readonly leftOut?: ReadonlySet<string>;
  /** Descriptions of those selected agents that are known. */
  readonly described: readonly AgentDescription[];
  /** Names of all agents that could be selected. */
  readonly knownAgentNames: readonly string[];
  readonly readTextFile: ReadTextFile;
  /** Folder that relative paths of `config`, `agents-path` and `kubeconfig` are meant from, absolute. */
  readonly workingFolder: string;
  /** Whether a token of a service account is mounted. */
  readonly hasServiceAccount: boolean;
  /** Whether the network may be used, default true. */
  readonly hasNetwork?: boolean;
  /** Whether the name of the node must be given where there is an API, default true. */
  readonly isNodeNameRequired?: boolean;
  /** Whether required settings of agents that are not set take sample values, default false. */
  readonly samples?: boolean;
}

/** A configuration with the warnings to show once. */
export interface Resolved {
  readonly config: Config;
  /** Sentences without a full stop. */
  readonly warnings: readonly string[];
}

/** The settings are not usable; bears every problem found, and warnings that may tell why. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  /** Sentences without a full stop. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[], warnings: readonly string[] = []) {
    const text = problems.length === 1
      ? problems[0]
      : `${problems.length} problems with the settings:\n- ${problems.join("\n- ")}`;
    super([text, ...warnings.map((warning) => `warning: ${warning}`)].join("\n"));
    this.problems = problems;
  }
}

/**
 * Resolves the configuration.
 * @throws {ConfigError} If any setting is missing or wrong; it names all of them.
 */
export async function resolveConfig(input: ResolveInput): Promise<Resolved> {
  const core = parseCore(input.given);
  const api = resolveApi(core.values, input);
  const agents = await resolveAgents(core.values, input);
  const problems = [
    ...core.problems,
    ...(core.faulty.has("agents") ? [] : agents.problems),
    ...api.problems,
    ...findOutputsAmongLogs(agents.agents, core.values),
  ];
  const unknown = warnOfUnknownVariables(input.given.env, input);
  if (problems.length > 0) throw new ConfigError(problems, unknown);
  const warnings = [...warnOfDeprecated(core.values), ...api.warnings, ...unknown];
  return { config: makeConfig(core.values, { api: api.access, agents: agents.agents, input }), warnings };
}

interface ParsedCore {
  readonly values: CoreValues;
  readonly problems: readonly string[];
  readonly faulty: ReadonlySet<CoreKey>;
}

/** Parses the settings of the program itself; a faulty one takes its default, so that the others can be checked as well. */
export function parseCore(given: Given): ParsedCore {
  const problems: string[] = [];
  const faulty = new Set<CoreKey>();
  const values = coreSettings().map(([key, setting]) => {
    const text = findGiven(given, setting);
    const parsed = text && setting.parse(text.text);
    if (parsed && "value" in parsed) return [key, parsed.value];
    if (text && parsed) {
      problems.push(describeProblem(text, parsed.expected));
      faulty.add(key);
    }
    const fallback = setting.default === undefined ? undefined : setting.parse(setting.default);
    return [key, fallback && "value" in fallback ? fallback.value : undefined];
  });
  // The table's parsers made the values, so they have the types that it says.
  return { values: Object.fromEntries(values) as CoreValues, problems, faulty };
}

async function resolveAgents(core: CoreValues, input: ResolveInput) {
  const names = input.agentNames ?? core.agents ?? [];
  const described = new Map(input.described.map((description) => [description.name, description]));
  const problems: string[] = [];
  if (names.length === 0) problems.push(`WATCHER_AGENTS is required: set it or give --agents; ${listAgents(input)}`);
  const agents: AgentConfig[] = [];
  for (const name of names) {
    if (input.leftOut?.has(name)) continue;
    const description = described.get(name);
    const resolved = description && await resolveAgent(description, input);
    if (!resolved) problems.push(unknownAgent(name, input));
    else if ("problems" in resolved) problems.push(...resolved.problems);
    else agents.push(withCheck(resolved.agent, core));
  }
  return { agents, problems };
}

/**
 * Decides whether an agent's check is used. To turn it on means to trust the command that the agent names: the setting for all is about those that come with
 * the program.
 */
function withCheck(agent: AgentConfig, core: CoreValues): AgentConfig {
  const { description, settings } = agent;
  if (!description.check) return agent;
  const isBuiltIn = description.folder.startsWith(`${BUILT_IN_AGENTS}/`);
  const mode = settings.check ?? (isBuiltIn ? core.check : "off");
  return mode === "warn" || mode === "require" ? { ...agent, check: mode } : agent;
}

function unknownAgent(name: string, input: ResolveInput): string {
  const { origin = "" } = findGiven(input.given, CORE_SETTINGS.agents) ?? {};
  const place = /:\d+:\d+$/.test(origin) ? `${origin}: ` : "";
  return `${place}Agent ${shownText(name)} is not known${didYouMean(name, input.knownAgentNames)}` +
    ` (${listAgents(input)}; further folders of agents are named by --agents-path)`;
}

function listAgents({ knownAgentNames }: ResolveInput): string {
  return knownAgentNames.length === 0
    ? "no agents were found"
    : `known agents: ${[...knownAgentNames].sort().join(", ")}`;
}

function warnOfDeprecated(core: CoreValues): readonly string[] {
  if (core.updateCertificates === undefined) return [];
  return [
    "WATCHER_KUBERNETES_UPDATE_CERTIFICATES is deprecated and has no effect: the CA file of the service account is read " +
    "directly; remove the setting",
  ];
}

interface ConfigParts {
  readonly api: Config["api"];
  readonly agents: readonly AgentConfig[];
  readonly input: ResolveInput;
}

function makeConfig(core: CoreValues, { api, agents, input }: ConfigParts): Config {
  return {
    agents,
    containersPath: core.containersPath,
    podLogsPath: core.podLogsPath,
    containerLinksPath: core.containerLinksPath,
    requiredLabels: core.strictLabels,
    annotationsFrom: core.annotationsFrom ?? [],
    attributeLabels: core.attributeLabels ?? [],
    attributeAnnotations: core.attributeAnnotations ?? [],
    node: {
      name: core.nodeName ?? "",
      clusterId: core.clusterId ?? "",
      clusterEnvironment: core.clusterEnvironment,
      clusterAlias: core.clusterAlias,
    },
    api,
    intervalMs: core.interval * 1000,
    ...(core.writeInterval === undefined ? {} : { writeIntervalMs: core.writeInterval * 1000 }),
    gracePeriodMs: core.gracePeriod * 1000,
    podWaitMs: core.podWait * 1000,
    isDebug: core.debug,
    logLevel: core.logLevel,
    logFormat: core.logFormat,
    agentsPath: resolvePaths(core.agentsPath ?? [], input.workingFolder),
    checkPath: resolvePaths(core.checkPath, input.workingFolder),
    statePath: core.statePath,
    hasEvents: core.events,
    metricsPort: core.metricsPort,
    rules: input.rules ?? NO_RULES,
    configPath: core.config && resolvePaths([core.config], input.workingFolder)[0],
  };
}
