/**
 * The manifest as a Helm chart: the same base and the same sidecars, with the agents chosen by values.
 *
 * @module
 */
import { stringify } from "yaml";
import { fillSections, fillValues, refuseDoubleNames } from "./manifest.ts";
import { LIST_SECTIONS, type Sidecar } from "./sidecar.ts";

/** What a chart is made of. */
export interface HelmChartOptions {
  /** Text of the base, as for the manifest. */
  readonly base: string;
  /** Of all agents that can be chosen. */
  readonly sidecars: readonly Sidecar[];
  readonly version: string;
  readonly metricsPort: number;
}

/** Templates of Helm for the values of the base. */
const VALUES: Readonly<Record<string, string>> = {
  name: "{{ .Release.Name }}",
  namespace: "{{ .Release.Namespace }}",
  image: "{{ .Values.image | quote }}",
  version: "{{ .Chart.AppVersion | quote }}",
  metricsPort: "{{ .Values.metricsPort }}",
  settingsHash: "{{ toJson (list .Values.agents .Values.settings) | sha256sum | trunc 16 | quote }}",
  disruptionApi: '{{ .Capabilities.APIVersions.Has "policy/v1" | ternary "policy/v1" "policy/v1beta1" }}',
};

const CREATE_EVENTS = `{{- if .Values.events }}
- apiGroups: [""]
  resources: [events]
  verbs: [create]
{{- end }}`;

/** Makes the files of a chart, by path. @throws {ManifestError} If two sidecars contradict each other. */
export function makeHelmChart(options: HelmChartOptions): ReadonlyMap<string, string> {
  const { base, sidecars, version, metricsPort } = options;
  refuseDoubleNames(sidecars);
  const lists = LIST_SECTIONS.map((name) => [
    name,
    sidecars.map(({ agent, lists }) => chosen(agent, literal(lists[name]))).filter((text) => text !== "").join("\n"),
  ]);
  const sections = {
    ...Object.fromEntries(lists),
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
    ["templates/all.yaml", [settingsOf(sidecars), ...filled, ...configMaps].join("\n---\n") + "\n"],
    ["templates/NOTES.txt", notesOf(sidecars)],
  ]);
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
# Settings of the watcher by environment variable, e.g. WATCHER_CLUSTER_ID: my-cluster
settings: {}
`;
}

/** Puts a part of a list under the condition that its agent was chosen. */
function chosen(agent: string, text: string): string {
  return text === "" ? "" : `{{- if has "${agent}" .Values.agents }}\n${text}\n{{- end }}`;
}

/** Writes a text so that Helm takes nothing in it for a template. */
function literal(text: string): string {
  return text.replaceAll("{{", '{{ "{{" }}');
}

function raw(value: string | number): string {
  return String(value);
}

function settingsOf(sidecars: readonly Sidecar[]): string {
  const dict = (settings: Readonly<Record<string, string>>) =>
    `(dict ${Object.entries(settings).map((pair) => pair.map((text) => JSON.stringify(text)).join(" ")).join(" ")})`;
  const lines = sidecars.filter(({ settings }) => Object.keys(settings).length > 0).map(({ agent, settings }) =>
    `{{- if has "${agent}" .Values.agents }}{{ $settings = merge $settings ${dict(settings)} }}{{ end }}`
  );
  return [
    `{{- if not .Values.agents }}{{ fail "Set agents, for instance with --set agents={symlinker}" }}{{ end }}`,
    `{{- $settings := dict "WATCHER_AGENTS" (join "," .Values.agents) "WATCHER_METRICS_PORT" (toString .Values.metricsPort) ` +
    `"WATCHER_STATE_PATH" "/var/lib/kube-log-watcher" }}`,
    `{{- if .Values.events }}{{ $settings = merge $settings (dict "WATCHER_EVENTS" "true") }}{{ end }}`,
    ...lines,
    "{{- $settings = merge (deepCopy .Values.settings) $settings }}",
  ].join("\n");
}

function filesOf({ agent, files }: Sidecar): string[] {
  if (Object.keys(files).length === 0) return [];
  const data = stringify(files, { lineWidth: 0 }).trimEnd().split("\n").map((line) => line === "" ? "" : `  ${line}`);
  return [`{{- if has "${agent}" .Values.agents }}
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-${agent}
  namespace: {{ .Release.Namespace }}
data:
${literal(data.join("\n"))}
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
