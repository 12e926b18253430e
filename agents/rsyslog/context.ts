/**
 * rsyslog: a lookup table with the attributes of every container, and one link per container for a static imfile input to follow.
 *
 * Written for rsyslog 8.2302. It reads its configuration at start only, a lookup table again at each SIGHUP; so all that changes is in the table.
 *
 * @module
 */
import type { Agent, Language, LogTarget, NodeContext, Settings } from "../../lib/render/agent.ts";

const settings = {
  destPath: {
    env: "WATCHER_RSYSLOG_DEST_PATH",
    type: "directory",
    required: true,
    help: "Folder of the lookup table and of the links to the logs; rsyslogd must see it at the same path",
    sample: "/var/lib/kube-log-watcher/rsyslog",
  },
  pidFile: {
    env: "WATCHER_RSYSLOG_PID_FILE",
    type: "path",
    help: "File with the process id of rsyslogd, which is sent SIGHUP after a change; unset: nobody is told",
  },
} as const satisfies Settings;

/** Ends of the links' names, by which the static inputs know what a line looks like. */
const ENDINGS = { "cri": ".cri.log", "json-file": ".docker.log" } as const;

/** RainerScript, for the parameters of the configuration that is made for the check: `$` is not escaped in them. */
const rainerScript: Language = {
  write: (value) =>
    // deno-lint-ignore no-control-regex
    `"${String(value).replaceAll(/[\\"]/g, "\\$&").replaceAll(/[\u0000-\u001f\u007f]/g, octal)}"`,
};

function octal(c: string): string {
  return `\\${c.charCodeAt(0).toString(8).padStart(3, "0")}`;
}

export default {
  summary: "rsyslog: a lookup table with the attributes of all containers, and one link per container",
  settings,
  languages: { rsyslog: rainerScript },
  outputs: {
    table: {
      template: "containers.json.eta",
      format: "json",
      each: "node",
      path: "{destPath}/containers.json",
      // One entry per container, or the file is not written.
      list: "table",
    },
    log: { link: "{destPath}/{id}/{logName}" },
  },
  expresses: ["parser", "attributes"],
  // SIGHUP has rsyslogd open its output files anew, too.
  minSecondsBetweenWrites: 1,
  check: {
    program: "rsyslogd",
    arguments: ["-N1", "-f", "{main}"],
    main: { template: "check.conf.eta", format: "rsyslog" },
  },
  reload: { signal: "HUP", pidFile: "{pidFile}", processes: ["rsyslogd"] },

  context(target, { node, settings }) {
    const logName = nameOf(target);
    return {
      id: target.id,
      logName,
      // Key of the entry: imfile gives the path of the link as `$!metadata!filename`.
      link: `${settings.destPath.replace(/\/+$/, "")}/${target.id}/${logName}`,
      // Values of a lookup table are texts; the static configuration reads this one with parse_json.
      value: JSON.stringify(attributesOf(target, node)),
    };
  },
} satisfies Agent<typeof settings>;

/** Longest part of the link's name that is made of names, in bytes: 255 of the file system less the ending. */
const MAX_NAME = 244;

/** Gives `<namespace>_<container>_<pod>` with an ending: what is shipped with lines that are read before the table is. */
function nameOf({ pod, container, log }: LogTarget): string {
  const names = [pod.namespace, container.name, pod.name].map((name) => name.replaceAll(/[^A-Za-z0-9.-]/g, "-"));
  return names.join("_").replace(/^\./, "-").slice(0, MAX_NAME) + ENDINGS[log.format];
}

/** Names are those of mmkubernetes, and of the Kubernetes filter of Fluentd where that has none. */
function attributesOf(target: LogTarget, node: NodeContext): object {
  const { pod, container, hints } = target;
  return {
    ...withoutEmpty({
      cluster: node.clusterId,
      application: target.application,
      component: target.component,
      environment: target.environment,
      version: target.version,
      release: target.release,
      parser: hints.parser,
    }),
    kubernetes: withoutEmpty({
      namespace_name: pod.namespace,
      pod_name: pod.name,
      pod_id: pod.uid,
      container_name: container.name,
      container_image: container.imageReference,
      host: node.name,
    }),
    docker: { container_id: clean(target.id) },
    ...nested("attributes", withoutEmpty(target.attributes)),
  };
}

function nested(name: string, values: Readonly<Record<string, string>>): object {
  return Object.keys(values).length > 0 ? { [name]: values } : {};
}

function withoutEmpty(values: Readonly<Record<string, string>>): Record<string, string> {
  const made: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(values)) if (value !== "") made[clean(name)] = clean(value);
  return made;
}

/** Replaces what libfastjson does not survive in the JSON that is inside of a text: lone surrogates and U+0000. */
function clean(text: string): string {
  return text.toWellFormed().replaceAll("\0", "\ufffd");
}
