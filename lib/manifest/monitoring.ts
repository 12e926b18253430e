/**
 * What has a cluster's Prometheus Operator and Grafana watch the watchers: a PodMonitor, the alerts as a PrometheusRule, and the dashboard in a ConfigMap.
 *
 * The kinds are those of monitoring.coreos.com/v1; Grafana's sidecar loads ConfigMaps with the label grafana_dashboard.
 *
 * @module
 */
import { parse, stringify } from "yaml";

/** Files that come with the project. */
export interface MonitoringFiles {
  /** Rules of Prometheus, YAML. */
  readonly alerts: string;
  /** Dashboard of Grafana, JSON. */
  readonly dashboard: string;
}

/** Names of the files in a chart. */
export const MONITORING_PATHS = {
  alerts: "files/monitoring/alerts.yaml",
  dashboard: "files/monitoring/dashboard.json",
};

/** Makes the objects, as documents of YAML. */
export function monitoringObjects(
  { alerts, dashboard }: MonitoringFiles,
  { name, namespace }: { readonly name: string; readonly namespace: string },
): string[] {
  const write = (object: object) => stringify(object, { lineWidth: 0, aliasDuplicateObjects: false });
  return [
    write(podMonitor({ name, namespace })),
    write({ ...rule({ name, namespace }), spec: parse(alerts) }),
    write({ ...dashboardMap({ name, namespace }), data: { "kube-log-watcher.json": dashboard } }),
  ];
}

/** Makes the same as a template of Helm. */
export function monitoringTemplate(names: { readonly name: string; readonly namespace: string }): string {
  const write = (object: object) => stringify(object, { lineWidth: 0 }).trimEnd();
  return [
    "{{- if .Values.monitoring }}",
    write(podMonitor(names)),
    "---",
    write(rule(names)),
    "spec:",
    `  {{- .Files.Get "${MONITORING_PATHS.alerts}" | nindent 2 }}`,
    "---",
    write(dashboardMap(names)),
    "data:",
    `  kube-log-watcher.json: {{ .Files.Get "${MONITORING_PATHS.dashboard}" | toJson }}`,
    "{{- end }}",
    "",
  ].join("\n");
}

interface Names {
  readonly name: string;
  readonly namespace: string;
}

function podMonitor({ name, namespace }: Names) {
  return {
    apiVersion: "monitoring.coreos.com/v1",
    kind: "PodMonitor",
    metadata: { name, namespace, labels: { application: name } },
    spec: {
      selector: { matchLabels: { application: name } },
      podMetricsEndpoints: [{
        port: "metrics",
        // An alert names the node, not the address of a pod.
        relabelings: [{ sourceLabels: ["__meta_kubernetes_pod_node_name"], targetLabel: "instance" }],
      }],
    },
  };
}

function rule({ name, namespace }: Names) {
  return {
    apiVersion: "monitoring.coreos.com/v1",
    kind: "PrometheusRule",
    metadata: { name, namespace, labels: { application: name } },
  };
}

function dashboardMap({ name, namespace }: Names) {
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: `${name}-dashboard`, namespace, labels: { application: name, grafana_dashboard: "1" } },
  };
}
