/**
 * The manifest of a DaemonSet: a base that is the same for all, and what the selected agents say of their shippers.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { stringify } from "yaml";
import { exclusionsOf, joinShared, refuseDoubleNames } from "./join_sections.ts";
import { type MonitoringFiles, monitoringObjects } from "./monitoring.ts";
import { LIST_SECTIONS, SHARED_SECTIONS, type Sidecar } from "./sidecar.ts";

/** What a manifest is made of. */
export interface ManifestOptions {
  /** Text of the base: YAML with `<name>` for values and `#: section` lines for lists. */
  readonly base: string;
  readonly sidecars: readonly Sidecar[];
  /** Name of the objects. */
  readonly name: string;
  readonly namespace: string;
  readonly image: string;
  readonly version: string;
  readonly metricsPort: number;
  /** Settings of the watcher besides those of the sidecars, by environment variable; they win. */
  readonly settings: Readonly<Record<string, string>>;
  /** Whether Kubernetes Events may be created. */
  readonly events: boolean;
  /** What has Prometheus and Grafana watch the watchers; undefined: nothing. */
  readonly monitoring?: MonitoringFiles | undefined;
  /** Minor version of Kubernetes 1.x that must take it. */
  readonly kubernetesMinor: number;
}

const CREATE_EVENTS = `# A pod with a mistake in its annotations gets an event that says so.
- apiGroups: [""]
  resources: [events]
  verbs: [create]`;

/** Makes the manifest, as documents of YAML. @throws {ManifestError} If two sidecars contradict each other. */
export function makeManifest(options: ManifestOptions): string {
  const { base, sidecars, events, settings } = options;
  const all = mergeSettings(options);
  const sections: Record<string, string> = {
    ...joinSections(sidecars),
    settings: stringify(all, { lineWidth: 0 }).trimEnd(),
    clusterRules: events ? CREATE_EVENTS : "",
  };
  const values: Record<string, string | number> = {
    name: options.name,
    namespace: options.namespace,
    image: options.image,
    version: options.version,
    metricsPort: options.metricsPort,
    settingsHash: createHash("sha256").update(JSON.stringify([all, settings, sidecars.map(({ files }) => files)]))
      .digest("hex").slice(0, 16),
    disruptionApi: options.kubernetesMinor >= 21 ? "policy/v1" : "policy/v1beta1",
  };
  // What looks like a place for a value in a shipper's own files is none.
  const documents = [
    fillValues(fillSections(base, sections), values),
    ...sidecars.flatMap((sidecar) => filesOf(sidecar, options)),
    ...(options.monitoring ? monitoringObjects(options.monitoring, options) : []),
  ];
  return heading(options) + documents.map((text) => `---\n${text.trimEnd()}\n`).join("");
}

function heading({ sidecars, namespace }: ManifestOptions): string {
  const agents = sidecars.map(({ agent }) => agent);
  const commands = sidecars.flatMap((sidecar) => sidecar.commands);
  return [
    `# kube-log-watcher for ${agents.join(", ")}; made by: kube-log-watcher manifest --agents ${agents.join(",")}`,
    ...(commands.length > 0 ? ["#", "# Besides this:"] : []),
    ...commands.map((command) => `#   ${command.replaceAll("<namespace>", namespace)}`),
    "",
  ].join("\n");
}

function mergeSettings({ sidecars, settings, metricsPort, events }: ManifestOptions): Record<string, string> {
  const merged: Record<string, string> = {
    WATCHER_AGENTS: sidecars.map(({ agent }) => agent).join(","),
    WATCHER_METRICS_PORT: String(metricsPort),
    WATCHER_STATE_PATH: "/var/lib/kube-log-watcher",
    ...(events ? { WATCHER_EVENTS: "true" } : {}),
  };
  for (const sidecar of sidecars) Object.assign(merged, sidecar.settings);
  return { ...merged, ...settings };
}

function joinSections(sidecars: readonly Sidecar[]): Record<string, string> {
  refuseDoubleNames(sidecars);
  const join = (texts: readonly string[]) => texts.filter((text) => text !== "").join("\n");
  return {
    ...Object.fromEntries(LIST_SECTIONS.map((name) => [name, join(sidecars.map(({ lists }) => lists[name]))])),
    ...Object.fromEntries(
      SHARED_SECTIONS.map((name) => [name, join(joinShared(sidecars, name).map(({ text }) => text))]),
    ),
    annotations: join(sidecars.map((sidecar) => exclusionsOf(sidecar))),
  };
}

/** Puts sections in the places of their `#: name` lines, with those lines' indentation; a list that stays empty loses its key, too. */
export function fillSections(base: string, sections: Readonly<Record<string, string>>): string {
  return base.replaceAll(
    /^(?:( *)[A-Za-z]+:\n)?( *)#: ([A-Za-z]+)\n?/gm,
    (whole, _key, indent: string, name: string) => {
      const text = sections[name] ?? "";
      if (text === "") return "";
      const key = /^ *[A-Za-z]+:\n/.exec(whole)?.[0] ?? "";
      return `${key}${text.split("\n").map((line) => line === "" ? "" : indent + line).join("\n")}\n`;
    },
  );
}

/** Puts values in the places of their names. @param write Writes a value, by default as YAML. */
export function fillValues(
  text: string,
  values: Readonly<Record<string, string | number>>,
  write: (value: string | number) => string = writeValue,
): string {
  return text.replaceAll(/<([a-zA-Z]+)>/g, (whole, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name]! : undefined;
    return value === undefined ? whole : write(value);
  });
}

/** Quotes a text that YAML would take for something else, 1.10 for instance. */
function writeValue(value: string | number): string {
  return typeof value === "number" ? String(value) : stringify(value, { version: "1.1", lineWidth: 0 }).trimEnd();
}

function filesOf({ agent, files }: Sidecar, { name, namespace }: ManifestOptions): string[] {
  if (Object.keys(files).length === 0) return [];
  const metadata = { name: `${name}-${agent}`, namespace };
  return [stringify({ apiVersion: "v1", kind: "ConfigMap", metadata, data: files }, { lineWidth: 0 })];
}
