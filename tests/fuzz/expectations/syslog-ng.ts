/** What is expected of the agent syslog-ng. @module */
import assert from "node:assert/strict";
import { parseSyslogNg, type SyslogNgLog } from "../../agents/syslog_ng_config.ts";
import type { Expectation } from "../agent_expectations.ts";
import { lossy } from "../lossy.ts";
import { present } from "../present_fields.ts";

export default {
  known: { labels: [], annotations: {} },
  parse: parseSyslogNg,
  check({ target, node, values }) {
    const { hints, pod, container } = target;
    const log = values.get("log") as SyslogNgLog;
    assert.equal(log.path, lossy(target.log.path));
    assert.equal(log.firstLine, hints.multiline && `(?m)${hints.multiline.firstLine}`);
    const chosen = Object.entries(target.attributes).filter(([, value]) => value !== "")
      .map(([name, value]) => [`attributes.${name.replaceAll(/[^A-Za-z0-9_-]/g, "_").slice(0, 200) || "_"}`, value]);
    assert.deepEqual(
      log.attributes,
      present({
        namespace_name: pod.namespace,
        pod_name: pod.name,
        pod_uuid: pod.uid,
        container_name: container.name,
        container_image: container.imageReference,
        docker_id: target.id,
        node_name: node.name,
        cluster: node.clusterId,
        application: target.application,
        component: target.component,
        environment: target.environment,
        version: target.version,
        release: target.release,
        parser: hints.parser,
        ...Object.fromEntries(chosen),
      }),
    );
    assert.deepEqual(
      log.redactionRules,
      hints.redactionRules.map(({ pattern, replacement }) => ({
        pattern: `(?m)${pattern}`,
        replacement: lossy(replacement),
      })),
    );
    assert.deepEqual(
      log.samplingRules.map(({ pattern }) => pattern),
      hints.samplingRules.map(({ pattern }) => `(?m)${pattern}`),
    );
  },
} satisfies Expectation;
