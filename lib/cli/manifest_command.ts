/**
 * The command `manifest`: what has to be applied to a cluster.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { CORE_SETTINGS, type CoreKey } from "../config/core_settings.ts";
import { findGiven, shownText } from "../config/given.ts";
import { resolveConfig } from "../config/resolve.ts";
import { flagOf } from "../config/setting_names.ts";
import { makeHelmChart } from "../manifest/helm_chart.ts";
import { makeKustomizeBase } from "../manifest/kustomize_base.ts";
import { makeManifest } from "../manifest/manifest.ts";
import type { MonitoringFiles } from "../manifest/monitoring.ts";
import { hasSidecar, readSidecar } from "../manifest/sidecar.ts";
import type { CommandContext, CommandDefinition, Invocation } from "./command_definition.ts";
import type { Commands } from "./commands.ts";
import { EXIT, UsageError } from "./failure.ts";
import { VERSION } from "./version.ts";

const BASE = fileURLToPath(new URL("../../templates/manifest/base.yaml", import.meta.url));
const MONITORING = fileURLToPath(new URL("../../templates/monitoring/", import.meta.url));
const METRICS_PORT = 9400;
const KUBERNETES_MINOR = 33;

/** Settings that a manifest decides by itself. */
const DECIDED: readonly CoreKey[] = ["agents", "metricsPort", "statePath", "events", "nodeName"];

/** Settings that are of no use in it: they name files of this machine, or the node. */
const ELSEWHERE: readonly CoreKey[] = ["config", "kubeconfig", "nodeName"];

/** Declares `manifest`. */
export const manifestCommand: CommandDefinition = {
  name: "manifest",
  needs: ["read", "write", "run"],
  uses: ["env"],
  summary: "Print the manifest of a DaemonSet with the selected agents and their shippers",
  description:
    "Prints everything that a cluster needs: ServiceAccount, ClusterRole (list and watch of pods, and nothing else unless events are asked for), settings in a ConfigMap, " +
    "and a DaemonSet with the watcher and, for each agent, its shipper as a sidecar. Settings that are given as flags go into it; secrets are only ever referred to. " +
    "What has to be made by hand, a Secret for instance, stands at the top.",
  takesAgentNames: false,
  settings: (Object.keys(CORE_SETTINGS) as CoreKey[]).filter((key) => !ELSEWHERE.includes(key)),
  notTaken: {
    config: "the file must be in the cluster, as a ConfigMap; docs/deploying.md has an overlay that adds it",
  },
  takesAgentSettings: true,
  options: [
    { flag: "namespace", placeholder: "name", help: "Namespace (default: logging)" },
    { flag: "name", placeholder: "name", help: "Name of the objects (default: kube-log-watcher)" },
    { flag: "image", placeholder: "reference", help: `Image of the watcher (default: kube-log-watcher:${VERSION})` },
    {
      flag: "monitoring",
      help: "Add what has Prometheus Operator scrape the watchers and load their alerts, and Grafana their dashboard",
    },
    { flag: "format", help: "What is made", choices: ["yaml", "kustomize", "helm"] },
    {
      flag: "to",
      placeholder: "folder",
      help: "Folder for kustomize's base or Helm's chart, which has all agents to choose from",
    },
    {
      flag: "kubernetes",
      placeholder: "version",
      help: `Version of Kubernetes that must take it, from 1.20 (default: 1.${KUBERNETES_MINOR})`,
    },
  ],
  examples: [
    [
      "deno task --quiet start manifest --agents scalyr --cluster-id my-cluster | kubectl apply -f -",
      "Scalyr on every node",
    ],
    [
      "deno task --quiet start manifest --agents symlinker,scalyr --namespace ops --strict-labels true",
      "two agents, and a rule",
    ],
  ],
  usesNetwork: () => false,
  async execute(invocation, context) {
    const { agents, commands, given, terminal } = context;
    const format = invocation.options.get("format") ?? "yaml";
    if (format === "helm") return await writeFiles(await chart(commands), invocation, context);
    if (findGiven(given, CORE_SETTINGS.agents) === undefined) {
      throw new UsageError(`manifest needs --agents (known agents: ${agents.known.join(", ")})`);
    }
    await checkSettings(invocation, context);
    const folders = await commands.knownAgents([]);
    const sidecars = agents.described.map(({ name, folder }) => readSidecar(name, folders.get(name) ?? folder));
    const text = (flag: string, standard: string) => String(invocation.options.get(flag) ?? standard);
    const manifest = makeManifest({
      base: await Deno.readTextFile(BASE),
      sidecars,
      name: objectName(text("name", "kube-log-watcher"), "--name"),
      namespace: objectName(text("namespace", "logging"), "--namespace"),
      image: text("image", `kube-log-watcher:${VERSION}`),
      version: VERSION,
      metricsPort: Number(invocation.flags.get("metrics-port") ?? METRICS_PORT),
      settings: settingsOf(invocation, context),
      events: hasEvents(invocation),
      monitoring: invocation.options.has("monitoring") ? await monitoringFiles() : undefined,
      kubernetesMinor: minorOf(text("kubernetes", `1.${KUBERNETES_MINOR}`)),
    });
    if (format === "kustomize") return await writeFiles(makeKustomizeBase(manifest), invocation, context);
    await terminal.out(manifest);
    return EXIT.fine;
  },
};

/** Refuses what the watcher in the cluster would refuse at its start. @throws {ConfigError} If any setting is wrong. */
async function checkSettings({ flags }: Invocation, { agents, given }: CommandContext): Promise<void> {
  await resolveConfig({
    given: { flags: new Map([["agents", findGiven(given, CORE_SETTINGS.agents)!.text], ...flags]), env: {} },
    described: agents.described,
    knownAgentNames: agents.known,
    leftOut: new Set(agents.failed.map(({ name }) => name)),
    // Files that it names are those of the pods.
    readTextFile: () => Promise.resolve("not known here"),
    workingFolder: "/",
    hasServiceAccount: true,
    isNodeNameRequired: false,
    samples: true,
  });
}

/** Makes the chart of all built-in agents that say how they are deployed. */
async function chart(commands: Commands): Promise<ReadonlyMap<string, string>> {
  const folders = await commands.knownAgents([]);
  return makeHelmChart({
    base: await Deno.readTextFile(BASE),
    sidecars: [...folders].filter(([, folder]) => hasSidecar(folder)).map(([name, folder]) =>
      readSidecar(name, folder)
    ),
    version: VERSION,
    metricsPort: METRICS_PORT,
    monitoring: await monitoringFiles(),
  });
}

async function monitoringFiles(): Promise<MonitoringFiles> {
  const [alerts, dashboard] = await Promise.all(
    ["alerts.yaml", "dashboard.json"].map((name) => Deno.readTextFile(join(MONITORING, name))),
  );
  return { alerts: alerts!, dashboard: dashboard! };
}

async function writeFiles(
  files: ReadonlyMap<string, string>,
  { options }: Invocation,
  { terminal }: CommandContext,
): Promise<number> {
  const folder = options.get("to");
  if (typeof folder !== "string") {
    throw new UsageError(`--format ${options.get("format")} makes several files; say where with --to`);
  }
  for (const [path, text] of files) {
    const file = join(folder, path);
    await Deno.mkdir(dirname(file), { recursive: true });
    await Deno.writeTextFile(file, text);
    await terminal.out(`${file}\n`);
  }
  return EXIT.fine;
}

/** Gives the settings that were given as flags, by variable: the environment of this machine is not that of the cluster. */
function settingsOf({ flags }: Invocation, { agents }: CommandContext): Record<string, string> {
  const decided = new Set(DECIDED.map((key) => CORE_SETTINGS[key].flag as string));
  const variables = new Map<string, string>(Object.values(CORE_SETTINGS).map(({ flag, env }) => [flag, env]));
  for (const { settings } of agents.described) {
    for (const { env, secret } of Object.values(settings)) {
      variables.set(flagOf(env), env);
      if (secret) variables.set(`${flagOf(env)}-file`, `${env}_FILE`);
    }
  }
  const secrets = agents.described.flatMap(({ settings }) => Object.values(settings)).filter(({ secret }) => secret);
  for (const { env } of secrets) {
    if (flags.has(flagOf(env))) {
      throw new UsageError(`--${flagOf(env)} is a secret and goes into no manifest; use --${flagOf(env)}-file`);
    }
  }
  return Object.fromEntries(
    [...flags].filter(([flag]) => !decided.has(flag)).map(([flag, value]) => [variables.get(flag) ?? flag, value]),
  );
}

function hasEvents({ flags }: Invocation): boolean {
  const text = flags.get(CORE_SETTINGS.events.flag) ?? CORE_SETTINGS.events.default;
  const parsed = CORE_SETTINGS.events.parse(text);
  if ("value" in parsed) return parsed.value;
  throw new UsageError(`--events is ${shownText(text)}, expected ${parsed.expected}`);
}

function objectName(name: string, flag: string): string {
  if (/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name)) return name;
  throw new UsageError(
    `${flag} is ${JSON.stringify(name)}, expected a name of Kubernetes: lower-case letters, digits and -`,
  );
}

function minorOf(version: string): number {
  const minor = Number(/^v?1\.(\d{1,3})(?:\.|$)/.exec(version)?.[1] ?? NaN);
  if (minor >= 20) return minor;
  throw new UsageError(
    `--kubernetes is ${JSON.stringify(version)}, expected a version from 1.20, e.g. 1.${KUBERNETES_MINOR}`,
  );
}
