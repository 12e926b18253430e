/**
 * syslog-ng: one file per container with a `log` statement, for a directory that a constant configuration includes.
 *
 * Written for syslog-ng 3.38. One file with an error makes it keep all of its old configuration.
 *
 * @module
 */
import type { Agent, Settings } from "../../lib/render/agent.ts";
import { attributesOf } from "./attributes.ts";
import { syslogNg } from "./language.ts";

const settings = {
  destPath: {
    env: "WATCHER_SYSLOG_NG_DEST_PATH",
    type: "directory",
    required: true,
    help: "Folder of the files that syslog-ng includes",
    sample: "/etc/syslog-ng/klw.d",
  },
  pidFile: {
    env: "WATCHER_SYSLOG_NG_PID_FILE",
    type: "path",
    help: "File with the process id of syslog-ng, which is sent SIGHUP after a change; unset: nobody is told",
  },
} as const satisfies Settings;

export default {
  summary: "syslog-ng: one file per container with a log statement",
  settings,
  languages: {
    "syslog-ng": syslogNg,
    // The configuration that is made for the check has lines that begin with @.
    "syslog-ng-main": { write: syslogNg.write },
  },
  outputs: {
    log: { template: "log.conf.eta", format: "syslog-ng", each: "container", path: "{destPath}/{id}.conf" },
  },
  expresses: ["parser", "multiline", "samplingRules", "redactionRules", "attributes"],
  // A reload opens all files anew.
  minSecondsBetweenWrites: 5,
  check: {
    program: "syslog-ng",
    arguments: ["--syntax-only", "-f", "{main}"],
    main: { template: "check.conf.eta", format: "syslog-ng-main" },
  },
  reload: { signal: "HUP", pidFile: "{pidFile}", processes: ["syslog-ng"] },

  context(target, { node }) {
    const { hints } = target;
    return {
      id: target.id,
      // Ids of a runtime are hex digits; whatever else one may be, nothing but these goes into the key.
      key: target.id.replaceAll(/[^A-Za-z0-9]/g, "_"),
      path: { plain: target.log.path },
      isCri: target.log.format === "cri",
      firstLine: hints.multiline ? inLines(hints.multiline.firstLine) : null,
      samplingRules: hints.samplingRules.map(({ pattern, rate }) => ({
        pattern: inLines(pattern),
        share: shareOf(rate),
      })),
      redactionRules: hints.redactionRules.map(({ pattern, replacement }) => ({
        pattern: inLines(pattern),
        replacement,
      })),
      attributes: attributesOf(target, node),
    };
  },
} satisfies Agent<typeof settings>;

/** Has `^` and `$` match at each line of an event. */
function inLines(pattern: string): { plain: string } {
  return { plain: `(?m)${pattern}` };
}

/** Events of 10,000 that are shipped. */
function shareOf(rate: number): number {
  return rate > 0 ? Math.max(1, Math.round(rate * 10_000)) : 0;
}
