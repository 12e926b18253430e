/**
 * The manifest as a Helm chart: the same base and the same sidecars, with the agents chosen by values.
 *
 * @module
 */
import { stringify } from "yaml";
import { exclusionsOf, joinShared, refuseDoubleNames } from "./join_sections.ts";
import { fillSections, fillValues } from "./manifest.ts";
import { MONITORING_PATHS, type MonitoringFiles, monitoringTemplate } from "./monitoring.ts";
import { LIST_SECTIONS, SHARED_SECTIONS, type Sidecar } from "./sidecar.ts";

/** What a chart is made of. */
export interface HelmChartOptions {
  /** Text of the base, as for the manifest. */
  readonly base: string;
  /** Of all agents that can be chosen. */
  readonly sidecars: readonly Sidecar[];
  readonly version: string;
  readonly metricsPort: number;
  /** What has Prometheus and Grafana watch the watchers. */
  readonly monitoring: MonitoringFiles;
}

/** Templates of Helm for the values of the base. */
const VALUES: Readonly<Record<string, string>> = {
  name: "{{ .Release.Name }}",
  namespace: "{{ .Release.Namespace }}",
  image: "{{ .Values.image | quote }}",
  version: "{{ .Chart.AppVersion | quote }}",
  metricsPort: "{{ .Values.metricsPort }}",
  settingsHash:
    "{{ toJson (list .Values.agents .Values.settings .Values.files .Values.events) | sha256sum | trunc 16 | quote }}",
  disruptionApi: '{{ .Capabilities.APIVersions.Has "policy/v1" | ternary "policy/v1" "policy/v1beta1" }}',
};

const CREATE_EVENTS = `{{- if .Values.events }}
- apiGroups: [""]
  resources: [events]
  verbs: [create]
{{- end }}`;

/** Makes the files of a chart, by path. @throws {ManifestError} If two sidecars contradict each other. */
export function makeHelmChart(options: HelmChartOptions): ReadonlyMap<string, string> {
  const { base, sidecars, version, metricsPort, monitoring } = options;
  refuseDoubleNames(sidecars);
  const sections = {
    ...sectionsOf(sidecars),
    settings: "{{- toYaml $settings | nindent 2 }}",
    clusterRules: CREATE_EVENTS,
  };
  // The release's namespace is made by whoever installs it.
  const documents = base.split(/^---$/m).filter((text) => !/^kind: Namespace$/m.test(text));
  const filled = documents.map((text) => fillValues(fillSections(text, sections).trim(), VALUES, raw));
  const configMaps = sidecars.flatMap((sidecar) => filesOf(sidecar));
  return new Map([
    ["Chart.yaml", stringify(chartOf(version))],
    ["values.yaml", valuesOf(sidecars, { version, metricsPort })],
    ["templates/all.yaml", [[settingsOf(sidecars), ...filled].join("\n---\n"), ...configMaps, ""].join("\n")],
    ["templates/monitoring.yaml", monitoringTemplate({ name: VALUES.name!, namespace: VALUES.namespace! })],
    [MONITORING_PATHS.alerts, monitoring.alerts],
    [MONITORING_PATHS.dashboard, monitoring.dashboard],
    ["templates/NOTES.txt", notesOf(sidecars)],
    ...sidecars.flatMap(({ agent, files }) =>
      Object.entries(files).map(([name, text]) => [pathOf(agent, name), text] as const)
    ),
  ]);
}

/** Joins what agents say, each under the condition that it was chosen. */
function sectionsOf(sidecars: readonly Sidecar[]): Record<string, string> {
  const join = (texts: readonly string[]) => texts.filter((text) => text !== "").join("\n");
  return {
    ...Object.fromEntries(LIST_SECTIONS.map((name) => [
      name,
      join(sidecars.map(({ agent, lists }) => chosen([agent], lists[name]))),
    ])),
    ...Object.fromEntries(SHARED_SECTIONS.map((name) => [
      name,
      join(joinShared(sidecars, name).map(({ agents, text }) => chosen(agents, text))),
    ])),
    annotations: join(sidecars.map((sidecar) => chosen([sidecar.agent], exclusionsOf(sidecar)))),
  };
}

function chartOf(version: string) {
  return {
    apiVersion: "v2",
    name: "kube-log-watcher",
    description: "Keeps the configuration of log shippers true to the containers of each node",
    type: "application",
    version,
    appVersion: version,
  };
}

function valuesOf(
  sidecars: readonly Sidecar[],
  { version, metricsPort }: { version: string; metricsPort: number },
): string {
  return `# Agents to run, each with its shipper: ${sidecars.map(({ agent }) => agent).join(", ")}
agents: []
image: kube-log-watcher:${version}
metricsPort: ${metricsPort}
# Let the watcher create Kubernetes Events for pods with a mistake in their annotations.
events: false
# Have Prometheus Operator scrape the watchers and load their alerts, and Grafana their dashboard.
monitoring: false
# Settings of the watcher by environment variable, e.g. WATCHER_CLUSTER_ID: my-cluster
settings: {}
# Configuration of the shippers by agent and name of the file, instead of the chart's own in files/, e.g. with
# --set-file files.vector.vector\\.yaml=./vector.yaml
files: {}
`;
}

/** Puts a part under the condition that one of its agents was chosen. */
function chosen(agents: readonly string[], text: string): string {
  const conditions = agents.map((agent) => `has "${agent}" .Values.agents`);
  const condition = conditions.length === 1 ? conditions[0] : `or ${conditions.map((one) => `(${one})`).join(" ")}`;
  return text === "" ? "" : `{{- if ${condition} }}\n${literal(text)}\n{{- end }}`;
}

/** Writes a text so that Helm takes nothing in it for a template. */
function literal(text: string): string {
  return text.replaceAll("{{", '{{ "{{" }}');
}

function raw(value: string | number): string {
  return String(value);
}

function settingsOf(sidecars: readonly Sidecar[]): string {
  const known = sidecars.map(({ agent }) => agent);
  const dict = (settings: Readonly<Record<string, string>>) =>
    `(dict ${Object.entries(settings).map((pair) => pair.map((text) => JSON.stringify(text)).join(" ")).join(" ")})`;
  const lines = sidecars.filter(({ settings }) => Object.keys(settings).length > 0).map(({ agent, settings }) =>
    `{{- if has "${agent}" .Values.agents }}{{ $settings = merge $settings ${dict(settings)} }}{{ end }}`
  );
  return [
    `{{- if not .Values.agents }}{{ fail "Set agents, for instance with --set agents={symlinker}" }}{{ end }}`,
    `{{- range .Values.agents }}{{ if not (has . (list ${known.map((agent) => `"${agent}"`).join(" ")})) }}` +
    `{{ fail (printf "There is no agent %s; agents: ${known.join(", ")}" .) }}{{ end }}{{ end }}`,
    `{{- $settings := dict "WATCHER_AGENTS" (join "," .Values.agents) "WATCHER_METRICS_PORT" (toString .Values.metricsPort) ` +
    `"WATCHER_STATE_PATH" "/var/lib/kube-log-watcher" }}`,
    `{{- if .Values.events }}{{ $settings = merge $settings (dict "WATCHER_EVENTS" "true") }}{{ end }}`,
    ...lines,
    "{{- $settings = merge (deepCopy .Values.settings) $settings }}",
  ].join("\n");
}

/** Path of a shipper's file in the chart. */
function pathOf(agent: string, name: string): string {
  return `files/${agent}/${name}`;
}

/** A ConfigMap with the files of the chart, or those that the values have instead. */
function filesOf({ agent, files }: Sidecar): string[] {
  if (Object.keys(files).length === 0) return [];
  const data = Object.keys(files).map((name) =>
    `  ${name}: {{ dig ${JSON.stringify(agent)} ${JSON.stringify(name)} "" (.Values.files | default dict) | ` +
    `default (.Files.Get ${JSON.stringify(pathOf(agent, name))}) | toJson }}`
  );
  return [`{{- if has "${agent}" .Values.agents }}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-${agent}
  namespace: {{ .Release.Namespace }}
data:
${data.join("\n")}
{{- end }}`];
}

function notesOf(sidecars: readonly Sidecar[]): string {
  const parts = sidecars.filter(({ commands }) => commands.length > 0).map(({ agent, commands }) =>
    `{{- if has "${agent}" .Values.agents }}\n${
      commands.map((command) => literal(command).replaceAll("<namespace>", VALUES.namespace!)).join("\n")
    }\n{{- end }}`
  );
  return `What has to be made by hand, if anything:\n${parts.join("\n")}\n`;
}
