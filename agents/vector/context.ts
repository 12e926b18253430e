/**
 * Vector: one JSON file per container in a folder that Vector reads with `--config-dir`; its events leave at `klw_out_<container id>`.
 *
 * Written for Vector 0.58, its source `file`, transforms `remap` and `reduce`, and VRL 0.38.
 *
 * @module
 */
import type { Agent, LogTarget, NodeContext, Scope, Settings } from "../../lib/render/agent.ts";
import { VECTOR } from "./language.ts";
import { ENVELOPE, type Fields, finish, IS_WHOLE, isFirstLine, KNOWN_PARSERS } from "./programs.ts";

const settings = {
  destPath: {
    env: "WATCHER_VECTOR_DEST_PATH",
    type: "directory",
    required: true,
    help: "Folder of one configuration file per container, for Vector's --config-dir",
    sample: "/etc/vector/klw.d",
  },
} as const satisfies Settings;

export default {
  summary: "Vector: one configuration file per container",
  settings,
  languages: { vector: VECTOR },
  outputs: {
    config: {
      template: "container.json.eta",
      format: "vector",
      each: "container",
      path: "{destPath}/{id}.json",
    },
  },
  expresses: ["parser", "multiline", "samplingRules", "redactionRules", "attributes"],
  // Vector waits for one second without changes, then builds what changed anew.
  minSecondsBetweenWrites: 2,
  // Without the environment: it would make folders for checkpoints, and connect to nothing that matters here.
  check: {
    program: "vector",
    arguments: ["validate", "--no-environment", "--config-json", "{main}", "--config-dir", "{destPath}"],
    main: { template: "check.json.eta", format: "vector" },
    timeoutSeconds: 30,
  },

  context(target, scope) {
    reportParser(target, scope);
    const { multiline } = target.hints;
    const names = componentNames(target.id);
    return {
      id: target.id,
      names,
      include: [asGlob(target.log.path), `${asGlob(target.log.path)}.[0-9]*`],
      exclude: [`${asGlob(target.log.path)}.*.gz`, `${asGlob(target.log.path)}.*.tmp`],
      envelope: ENVELOPE[target.log.format],
      isWhole: IS_WHOLE,
      isFirstLine: multiline ? isFirstLine(multiline.firstLine) : "",
      finish: finish(target, fieldsOf(target, scope.node)),
    };
  },
} satisfies Agent<typeof settings>;

function reportParser({ hints: { parser } }: LogTarget, { cannot }: Scope) {
  if (parser === "" || KNOWN_PARSERS.includes(parser)) return;
  cannot(
    "parser",
    `Vector has no parser ${parser} for lines, it has ${KNOWN_PARSERS.join(", ")}; the name goes into the field parser`,
  );
}

/** Names of the components of a container; Vector takes letters, digits and `_`. */
function componentNames(id: string) {
  const safe = id.replaceAll(/[^a-z0-9_]/g, "_");
  return {
    source: `klw_src_${safe}`,
    line: `klw_line_${safe}`,
    join: `klw_join_${safe}`,
    event: `klw_event_${safe}`,
    out: `klw_out_${safe}`,
  };
}

/** Writes a path as a pattern that matches it alone; Vector's patterns have no other escape. */
function asGlob(path: string): string {
  return path.replaceAll(/[*?[\]]/g, "[$&]");
}

/** Fields beside `message`, `timestamp`, `stream` and `file`; the names in `kubernetes` are those of Vector's source `kubernetes_logs`. */
function fieldsOf(target: LogTarget, node: NodeContext): Fields {
  const attributes = withoutEmpty(target.attributes);
  return {
    ...withoutEmpty({
      host: node.name,
      cluster: node.clusterId,
      application: target.application,
      component: target.component,
      environment: target.environment,
      version: target.version,
      release: target.release,
      parser: target.hints.parser,
    }),
    kubernetes: withoutEmpty({
      pod_namespace: target.pod.namespace,
      pod_name: target.pod.name,
      pod_uid: target.pod.uid,
      pod_node_name: node.name,
      container_name: target.container.name,
      container_id: target.id,
      container_image: target.container.imageReference,
    }),
    ...(Object.keys(attributes).length === 0 ? {} : { attributes }),
  };
}

function withoutEmpty(fields: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ""));
}
