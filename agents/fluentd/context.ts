/**
 * Fluentd: one configuration file per container, in which its lines go through labels of their own to the operator's label @K8S.
 *
 * Written for Fluentd 1.14 and later with fluent-plugin-concat 2.5 and later, run with 1.16.11 and 2.6.2.
 *
 * @module
 */
import type { Agent, LogTarget, Scope, Settings } from "../../lib/render/agent.ts";
import { kubernetesOf } from "./attributes.ts";
import { fluentd } from "./language.ts";
import { MARKS, needsMarks } from "./placeholders.ts";
import { isDropped, PLAIN_LINE, redacted } from "./ruby.ts";
import { tailPath } from "./tail_path.ts";

const settings = {
  destPath: {
    env: "WATCHER_FLUENTD_DEST_PATH",
    type: "directory",
    required: true,
    help: "Folder of the configuration files that Fluentd includes",
    sample: "/fluentd/etc/k8s.d",
  },
  posPath: {
    env: "WATCHER_FLUENTD_POS_PATH",
    type: "path",
    default: "/var/lib/fluentd",
    help: "Folder in which Fluentd keeps how far it has read",
  },
  parsers: {
    env: "WATCHER_FLUENTD_PARSERS",
    type: "string",
    default: "apache2,apache_error,json,ltsv,nginx,syslog",
    help: "Types of parsers that Fluentd has and pods may ask for, with commas between",
  },
  reloadUrl: {
    env: "WATCHER_FLUENTD_RELOAD_URL",
    type: "url",
    help: "Address of Fluentd's rpc_endpoint, to tell it of changes, e.g. http://127.0.0.1:24444",
    sample: "http://127.0.0.1:24444",
  },
} as const satisfies Settings;

type FluentdScope = Scope<typeof settings>;

export default {
  summary: "Fluentd: one configuration file per container",
  settings,
  languages: { fluentd },
  outputs: {
    container: {
      template: "container.conf.eta",
      format: "fluentd",
      each: "container",
      path: "{destPath}/klw_{id}.conf",
    },
  },
  expresses: ["parser", "multiline", "samplingRules", "redactionRules", "attributes"],
  // A reload ends and starts all inputs and outputs, and takes seconds with many of them.
  minSecondsBetweenWrites: 10,
  check: {
    program: "fluentd",
    arguments: ["--dry-run", "--config", "{main}"],
    main: { template: "check.conf.eta", format: "fluentd" },
    // Ruby starts in seconds, and all plugins are loaded.
    timeoutSeconds: 60,
  },
  // Keeps the old configuration where the new one has a mistake, with the same answer.
  reload: { url: "{reloadUrl}/api/config.gracefulReload", method: "GET", json: { ok: true }, timeoutSeconds: 60 },

  context(target, scope) {
    const { hints } = target;
    const name = nameOf(target);
    const kubernetes = kubernetesOf(target, scope);
    const multiline = multilineOf(target);
    return {
      id: target.id,
      name,
      tail: tailPath(target.log.path),
      posFile: `${scope.settings.posPath.replace(/\/+$/, "")}/${name}.pos`,
      tag: `kube.${name}`,
      isCri: target.log.format === "cri",
      // Where lines go when the partial ones are joined.
      joined: multiline.length > 0 ? `${name}_lines` : `${name}_events`,
      multiline,
      dropped: hints.samplingRules.length > 0 ? [isDropped(hints.samplingRules)] : [],
      redacted: hints.redactionRules.length > 0 ? [redacted(hints.redactionRules)] : [],
      parsers: parserOf(target, scope),
      marks: needsMarks(kubernetes) ? Object.entries(MARKS).map(([, value]) => value) : [],
      kubernetes,
      docker: JSON.stringify({ container_id: target.id }),
    };
  },
} satisfies Agent<typeof settings>;

/** Makes the name of labels, tag and position file; an id of other characters than a container id has keeps them by their codes. */
function nameOf({ id }: LogTarget): string {
  return `klw_${id.replace(/[^a-z0-9]/g, (character) => `_${character.charCodeAt(0).toString(16)}_`)}`;
}

/** Gives how lines are joined. */
function multilineOf({ hints, log }: LogTarget) {
  if (hints.multiline === undefined) return [];
  const { firstLine } = hints.multiline;
  // Docker's lines end with newlines; bytes as in_tail reads them and an expression with other characters than ASCII do not go together.
  // deno-lint-ignore no-control-regex
  const isPlain = log.format === "cri" && /^[\x00-\x7f]*$/.test(firstLine);
  return [{ first: `/${firstLine}/`, plain: isPlain ? [] : [PLAIN_LINE] }];
}

/** Gives the parser asked for, if Fluentd is known to have it: it would refuse the whole configuration for one that it does not have. */
function parserOf({ hints }: LogTarget, scope: FluentdScope): string[] {
  if (hints.parser === "") return [];
  const known = scope.settings.parsers.split(",").map((one) => one.trim());
  if (known.includes(hints.parser)) return [hints.parser];
  scope.cannot("parser", `parser ${hints.parser}: it is not among those of WATCHER_FLUENTD_PARSERS`);
  return [];
}
