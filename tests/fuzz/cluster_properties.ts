/**
 * Promises about what comes from the API and from the disk of the node.
 *
 * @module
 */
import assert from "node:assert/strict";
import * as fc from "fast-check";
import { type DockerConfig, parseDockerConfig } from "../../lib/discover/docker_config.ts";
import {
  isContainerName,
  isPodIdentity,
  parsePodFolder,
  podFolderName,
  restartOfLiveLog,
  restartOfRotatedLog,
} from "../../lib/discover/identity.ts";
import { ShapeError } from "../../lib/pods/json_shape.ts";
import type { Pod } from "../../lib/pods/pod.ts";
import { projectPod } from "../../lib/pods/project_pod.ts";
import { formatStoredPods, parseStoredPods } from "../../lib/pods/stored_pods.ts";
import { hostileJson, hostileJsonText, hostileKey, hostileMap, hostileText, hugeText } from "./hostile_text.ts";
import { type Property, property } from "./property.ts";
import { assertLine } from "./refusals.ts";

/** Makes the right value most of the time. */
function mostly<T>(right: fc.Arbitrary<T>, weight = 12): fc.Arbitrary<unknown> {
  return fc.oneof({ weight, arbitrary: right }, { weight: 1, arbitrary: hostileJson });
}

const word = fc.oneof(hostileText, hugeText);
const containerStatus = fc.record({
  name: mostly(hostileText),
  restartCount: mostly(fc.nat()),
  containerID: mostly(hostileText.map((text) => `containerd://${text}`)),
  lastState: mostly(fc.record({ terminated: mostly(fc.record({ containerID: mostly(hostileText) })) })),
}, { requiredKeys: [] });
const containers = mostly(
  fc.array(mostly(fc.record({ name: mostly(hostileText), image: mostly(hostileText) })), { maxLength: 3 }),
);
const statuses = mostly(fc.array(mostly(containerStatus), { maxLength: 3 }));
const apiPod = fc.record({
  metadata: mostly(
    fc.record({
      uid: mostly(hostileText),
      name: mostly(hostileText),
      namespace: mostly(hostileText),
      labels: mostly(hostileMap(mostly(word, 40))),
      annotations: mostly(hostileMap(mostly(word, 40))),
    }, { requiredKeys: ["uid", "name", "namespace"] }),
    40,
  ),
  spec: mostly(fc.record({ containers, initContainers: containers }, { requiredKeys: [] })),
  status: mostly(fc.record({ containerStatuses: statuses, initContainerStatuses: statuses }, { requiredKeys: [] })),
});

const projecting: Property = property({
  name: "a pod of the API becomes a Pod or a ShapeError, and survives being stored",
  subject: "pods",
  arbitrary: mostly(apiPod, 30),
  check(value) {
    // As the program has it: parsed from text.
    const pod = podOf(() => projectPod(JSON.parse(JSON.stringify(value))));
    if (!pod) return;
    assertNoPrototypes(pod);
    const [stored] = parseStoredPods(formatStoredPods([pod]));
    assert.deepEqual(stored, pod);
  },
});

function podOf(make: () => Pod): Pod | undefined {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error;
    assertLine(error.message);
    return undefined;
  }
}

/** Labels and annotations have no prototype, and that of all other objects is as it was. */
function assertNoPrototypes({ labels, annotations }: Pod) {
  for (const map of [labels, annotations]) {
    assert.equal(Object.getPrototypeOf(map), null);
    assert.ok(Object.isFrozen(map));
    for (const text of Object.values(map)) assert.equal(typeof text, "string");
  }
  assertCleanPrototype();
}

/** Throws if something was added to the prototype of all objects. */
export function assertCleanPrototype() {
  const added: string[] = [];
  for (const key in {}) added.push(key);
  assert.deepEqual(added, []);
  assert.equal(typeof Object.prototype.toString, "function");
}

const NAMES = [
  "io.kubernetes.pod.name",
  "io.kubernetes.pod.namespace",
  "io.kubernetes.pod.uid",
  "io.kubernetes.container.name",
];
const dockerLabels = fc.tuple(
  fc.record(
    Object.fromEntries(NAMES.map((name) => [name, mostly(fc.oneof(fc.constant("web-1"), hostileText, hugeText))])),
  ),
  hostileMap(hostileJson),
  fc.record({
    "annotation.io.kubernetes.container.restartCount": mostly(fc.oneof(fc.nat().map(String), hostileText)),
    "io.kubernetes.docker.type": mostly(fc.constant("container")),
  }, { requiredKeys: [] }),
).map(([names, strange, others]) => ({ ...strange, ...names, ...others }));
const dockerConfig = fc.record({
  Config: mostly(fc.record({ Labels: mostly(dockerLabels, 40), Image: mostly(word) }), 40),
  LogPath: mostly(hostileText),
  Created: mostly(hostileText),
});

const readingDocker: Property = property({
  name:
    "a config.v2.json of any text is a container with names that Kubernetes gives, a skip with a reason, or nothing",
  subject: "docker",
  arbitrary: fc.oneof(
    { weight: 4, arbitrary: dockerConfig.map((value) => JSON.stringify(value)) },
    {
      weight: 1,
      arbitrary: hostileJsonText.map((text) =>
        `{"Config":{"Labels":{${NAMES.map((name) => `"${name}":${text}`)},"x":${text}},"Image":${text}}}`
      ),
    },
    { weight: 1, arbitrary: hostileJsonText },
  ),
  check(text) {
    const parsed = parseDockerConfig(text);
    if (parsed?.kind === "skip") assertLine(parsed.reason);
    if (parsed?.kind === "container") assertContainer(parsed);
    assertCleanPrototype();
  },
});

function assertContainer(config: DockerConfig) {
  assert.ok(isPodIdentity(config) && isContainerName(config.containerName));
  assert.ok(Number.isSafeInteger(config.restart) && config.restart >= 0 && Number.isFinite(config.createdMs));
  assert.equal(typeof config.logPath, "string");
}

const readingNames: Property = property({
  name: "names of folders and logs are what the kubelet gives, or nothing",
  subject: "names",
  arbitrary: fc.oneof(
    word,
    fc.tuple(hostileKey, hostileKey, hostileKey).map((parts) => parts.join("_")),
    fc.tuple(fc.bigInt({ min: -1n }), hostileText).map(([number, end]) => `${number}.log${end}`),
  ),
  check(name) {
    const pod = parsePodFolder(name);
    if (pod) assert.equal(podFolderName(pod), name);
    const live = restartOfLiveLog(name);
    if (live !== undefined) assert.equal(`${live}.log`, name);
    const rotated = restartOfRotatedLog(name);
    if (rotated !== undefined) assert.ok(name.startsWith(`${rotated}.log.`) && live === undefined);
  },
});

/** Promises about lib/pods and lib/discover. */
export const CLUSTER_PROPERTIES: readonly Property[] = [projecting, readingDocker, readingNames];
