/**
 * What has to lie on disk, computed from the API's objects and a listing of the node's logs. It shares no code with the
 * program: names, defaults and fields are spelt out again.
 *
 * @module
 */
import { basename, dirname } from "node:path";
import type { KubeObject } from "./kube_api.ts";
import { listLinks, listLogs, type NodeLog } from "./node_logs.ts";
import { INSIDE } from "./watcher_pod.ts";
import { sorted, type Written } from "./written.ts";

/** A log with all that is known of it. */
export interface Subject {
  readonly log: NodeLog;
  readonly id: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** Settings of the manifest that go into the output. */
export const SETTINGS = { cluster: "my-cluster", environment: "production", alias: "none", apiKey: "realnode-key" };

/** Joins logs with pods, but for those that wish to be left out. @returns What is known, and logs whose container's id nothing tells any more. */
export function subjects(pods: readonly KubeObject[], varLog: string): { known: Subject[]; unknown: string[] } {
  const links = new Map(listLinks(varLog).map(({ id, logPath }) => [logPath, id]));
  const known: Subject[] = [];
  const unknown: string[] = [];
  for (const log of listLogs(varLog).values()) {
    const pod = pods.find(({ metadata: { uid, annotations } }) =>
      uid === log.podUid || annotations?.["kubernetes.io/config.hash"] === log.podUid
    );
    const id = links.get(log.path) ?? idFromStatus(pod, log);
    if (pod?.metadata.annotations?.[`kubernetes-log-watcher/exclude.${log.container}`] === "true") continue;
    if (id === undefined || pod === undefined) unknown.push(log.path);
    else known.push({ log, id, labels: pod.metadata.labels ?? {}, annotations: pod.metadata.annotations ?? {} });
  }
  return { known, unknown };
}

function idFromStatus(pod: KubeObject | undefined, log: NodeLog): string | undefined {
  const statuses = [...pod?.status?.initContainerStatuses ?? [], ...pod?.status?.containerStatuses ?? []];
  const status = statuses.find(({ name }) => name === log.container);
  if (!status) return undefined;
  const last = status.lastState?.terminated?.containerID;
  const url: string | undefined = status.restartCount === log.restart ? status.containerID : last;
  return url?.split("//")[1];
}

/** Computes everything. */
export function expectation(known: readonly Subject[], nodeName: string): Written {
  const byKey = <T>(make: (subject: Subject) => [string, T]) => sorted(Object.fromEntries(known.map(make)));
  return {
    config: {
      api_key: SETTINGS.apiKey,
      server_attributes: {
        serverHost: SETTINGS.cluster,
        cluster: SETTINGS.cluster,
        cluster_environment: SETTINGS.environment,
        cluster_alias: SETTINGS.alias,
        environment: SETTINGS.environment,
        node: nodeName,
        parser: "json",
      },
      implicit_metric_monitor: false,
      implicit_agent_process_metrics_monitor: false,
      include_raw_timestamp_field: false,
      compression_type: "deflate",
      compression_level: 6,
      max_line_size: 49900,
      read_page_size: 131072,
      monitors: [],
      journald_logs: [],
    },
    entries: byKey((subject) => [subject.id, entry(subject)]),
    scalyrLinks: byKey((subject) => [`${subject.id}/${logName(subject)}`, subject.log.path]),
    jobs: byKey((subject) => [`container-${subject.id}-jobfile.job`, job(subject, nodeName)]),
    symlinks: byKey((subject) => [symlink(subject), subject.log.path]),
  };
}

function applicationOf({ labels, log }: Subject): string {
  return labels.application ?? log.podName;
}

function logName(subject: Subject): string {
  return `${applicationOf(subject)}-${subject.labels.version ?? "none"}.log`;
}

function entry(subject: Subject): unknown {
  const { id, labels, log } = subject;
  const application = applicationOf(subject);
  const parser = annotated(subject, "parser") ?? "json";
  const sampling = annotated(subject, "sampling-rules");
  const redaction = (annotated(subject, "redaction-rules") ?? []) as unknown[];
  const form = (value = "") => encodeURIComponent(value).replaceAll("%20", "+");
  return {
    path: `${INSIDE.scalyrLinks}/${id}/${logName(subject)}`,
    attributes: {
      application,
      ...(labels.component ? { component: labels.component } : {}),
      ...(labels.environment && labels.environment !== SETTINGS.environment ? { environment: labels.environment } : {}),
      ...(labels.version ? { version: labels.version } : {}),
      ...(labels.release ? { release: labels.release } : {}),
      pod: log.podName,
      namespace: log.namespace,
      container: log.container,
      container_id: id,
      ...(parser === "json" ? {} : { parser }),
    },
    rename_logfile: `?application=${form(application)}&component=${form(labels.component)}` +
      `&version=${form(labels.version)}&container_id=${id}`,
    copy_from_start: true,
    ...(sampling ? { sampling_rules: sampling } : {}),
    redaction_rules: [...redaction, {
      match_expression: "eyJ[a-zA-Z0-9/+_=-]{5,}\\.eyJ[a-zA-Z0-9/+_=-]{5,}\\.[a-zA-Z0-9/+_=-]{5,}",
      replacement: "+++JWT_TOKEN_REDACTED+++",
    }],
    parse_format: "cri",
  };
}

/** What an annotation says of the container; of one that does not parse, nothing. */
function annotated({ annotations, log }: Subject, key: string): unknown {
  try {
    const list = JSON.parse(annotations[`kubernetes-log-watcher/scalyr-${key}`] ?? "[]");
    return list.find((item: { container: string }) => item.container === log.container)?.[key];
  } catch {
    return undefined;
  }
}

function job(subject: Subject, nodeName: string): unknown {
  const { labels, log } = subject;
  return {
    version: 2,
    enabled: true,
    source: { type: "file", path: dirname(log.path), nameGlob: basename(log.path), startAtEnd: false },
    fields: {
      sourceType: `application-${applicationOf(subject)}`,
      nodeName,
      LogFile: basename(log.path),
      application_id: applicationOf(subject),
      application_version: labels.version ?? "none",
      container_name: log.container,
      application_pod: log.podName,
      application_namespace: log.namespace,
      kubernetes_cluster: SETTINGS.cluster,
      ...(labels.release ? { application_release: labels.release } : {}),
      ...(labels.appdynamics_tier ? { tierName: labels.appdynamics_tier } : {}),
      ...(labels.appdynamics_app ? { appName: labels.appdynamics_app } : {}),
    },
    grok: {
      patterns: ["%{TIMESTAMP_ISO8601:logTimestamp} %{WORD:logStream} %{NOTSPACE:logTag} %{GREEDYDATA:logMessage}"],
    },
    eventTimestamp: { pattern: "yyyy-MM-dd'T'HH:mm:ss.SSS" },
  };
}

function symlink(subject: Subject): string {
  const { id, labels, log } = subject;
  const application = applicationOf(subject);
  const environment = labels.environment ?? SETTINGS.environment;
  const parts = [application, labels.component ?? application, log.namespace, environment, labels.version ?? "none"];
  const safe = [...parts, log.container, log.podName].map((part) => part.replaceAll(/[^a-zA-Z0-9_-]/g, "_"));
  return `${id}/${safe.join("/")}.log`;
}
