/** What is expected of the agent vector. @module */
import assert from "node:assert/strict";
import { readVrlFields } from "../../shippers/vector/vrl_fields.ts";
import type { Expectation } from "../agent_expectations.ts";
import { lossy } from "../lossy.ts";
import { present } from "../present_fields.ts";

interface Config {
  readonly sources: Readonly<Record<string, { readonly include: readonly string[] }>>;
  readonly transforms: Readonly<Record<string, { readonly source?: unknown }>>;
}

export default {
  known: { labels: [], annotations: {} },
  parse,
  check({ target, node, values }) {
    const { sources, transforms } = values.get("config") as Config;
    const [source] = Object.values(sources);
    const attributes = present(target.attributes);
    assert.equal(source!.include[0]!.replaceAll(/\[(.)\]/gu, "$1"), lossy(target.log.path));
    assert.deepEqual(transforms[`klw_out_${target.id}`]!.source, {
      ...present({
        host: node.name,
        cluster: node.clusterId,
        application: target.application,
        component: target.component,
        environment: target.environment,
        version: target.version,
        release: target.release,
        parser: target.hints.parser,
      }),
      kubernetes: present({
        pod_namespace: target.pod.namespace,
        pod_name: target.pod.name,
        pod_uid: target.pod.uid,
        pod_node_name: node.name,
        container_name: target.container.name,
        container_id: target.id,
        container_image: target.container.imageReference,
      }),
      ...(Object.keys(attributes).length === 0 ? {} : { attributes }),
    });
    assert.equal(Object.keys(transforms).length, target.hints.multiline ? 4 : 3);
  },
} satisfies Expectation;

/** Reads a file as Vector does: placeholders first, then JSON, then the literals in the program with which a container's transforms end. */
function parse(text: string): unknown {
  assert.doesNotMatch(text, /\$|SECRET\[/, "A placeholder");
  const { sources, transforms } = JSON.parse(text);
  const read = Object.entries(transforms as Config["transforms"]).map(([name, transform]) =>
    name.startsWith("klw_out_")
      ? [name, { ...transform, source: readVrlFields(String(transform.source)) }]
      : [name, transform]
  );
  return { sources, transforms: Object.fromEntries(read) };
}
