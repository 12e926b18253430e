/**
 * my-shipper: one file per container.
 *
 * This file says what the agent needs and what it writes; the template beside it says how. It runs in a process without permissions: no
 * network, no environment, no files but those of this folder. `kube-log-watcher agents check` tries it.
 *
 * @module
 */
import type { Agent, Settings } from "./contract.ts";

/** Settings: each is an environment variable, WATCHER_MY_SHIPPER_*, and a flag, --my-shipper-*. */
const settings = {
  // A setting of type "directory" or "file" is a place: nothing is ever written outside of these.
  destPath: {
    env: "WATCHER_MY_SHIPPER_DEST_PATH",
    type: "directory",
    required: true,
    help: "Folder in which the shipper looks for its inputs",
    // What `preview` takes as long as nothing is set.
    sample: "/etc/my-shipper/inputs.d",
  },
} as const satisfies Settings;

export default {
  summary: "my-shipper: one input file per container",
  settings,
  outputs: {
    input: {
      template: "input.yaml.eta",
      // Every <%= value %> is written as a complete value of this language, and the file is read back before it is written.
      // Built in: json, yaml, text. Another one is declared under `languages`, see contract.ts.
      format: "yaml",
      // Once per container, or once per "node": then the template gets all of them as it.containers.
      each: "container",
      path: "{destPath}/klw-{id}.yaml",
    },
  },
  // Wishes of the pod (annotations kubernetes-log-watcher/*) that this agent puts into its shipper's words. Others are reported to the operator.
  expresses: ["parser", "attributes"],

  /** The data of one container, for its template. Pure: the same target makes the same data. A throw leaves out this container alone. */
  context: (target, { node }) => ({
    id: target.id,
    path: target.log.path,
    // "json-file": Docker's JSON lines; "cri": `<time> <stream> <P|F> <message>`.
    envelope: target.log.format,
    parser: target.hints.parser,
    attributes: {
      cluster: node.clusterId,
      node: node.name,
      namespace: target.pod.namespace,
      pod: target.pod.name,
      container: target.container.name,
      container_id: target.id,
      image: target.container.imageReference,
      application: target.application,
      // Labels and annotations that the operator chose, and the attributes of the pod's annotation.
      ...target.attributes,
    },
  }),
} satisfies Agent<typeof settings>;
