/**
 * The format in which pods are kept on disk.
 *
 * @module
 */
import { containerIdOf } from "./container_id.ts";
import { asCount, asList, asOptionalText, asRecord, asText, asTextMap, ShapeError } from "./json_shape.ts";
import type { Pod, PodContainer } from "./pod.ts";

/** Tells our files from others. */
const FORMAT = "kube-log-watcher/pods";

/** Is raised whenever an older program would read a file wrongly, or a newer one an older file. */
const VERSION = 1;

/** Writes pods as JSON, sorted by uid, so that equal pods make equal bytes. */
export function formatStoredPods(pods: Iterable<Pod>): string {
  const sorted = [...pods].sort((a, b) => a.uid < b.uid ? -1 : a.uid > b.uid ? 1 : 0);
  const stored = sorted.map((pod) => ({
    ...pod,
    containers: pod.containers.map((container) => ({ ...container, ids: [...container.ids] })),
  }));
  return JSON.stringify({ format: FORMAT, version: VERSION, pods: stored }) + "\n";
}

/**
 * Reads what {@linkcode formatStoredPods} wrote.
 * @throws {ShapeError} If the text is JSON of something else.
 * @throws {SyntaxError} If it is no JSON.
 */
export function parseStoredPods(text: string): readonly Pod[] {
  const file = asRecord(JSON.parse(text), "the top");
  if (file.format !== FORMAT) throw new ShapeError("format", { expected: FORMAT, found: file.format });
  if (file.version !== VERSION) throw new ShapeError("version", { expected: `${VERSION}`, found: file.version });
  return asList(file.pods, "pods").map((item, index) => parsePod(item, `pods[${index}]`));
}

function parsePod(value: unknown, place: string): Pod {
  const pod = asRecord(value, place);
  return Object.freeze({
    uid: asText(pod.uid, `${place}.uid`),
    name: asText(pod.name, `${place}.name`),
    namespace: asText(pod.namespace, `${place}.namespace`),
    labels: asTextMap(pod.labels, `${place}.labels`),
    annotations: asTextMap(pod.annotations, `${place}.annotations`),
    containers: Object.freeze(
      asList(pod.containers, `${place}.containers`).map((item, index) =>
        parseContainer(item, `${place}.containers[${index}]`)
      ),
    ),
    configHash: asOptionalText(pod.configHash, `${place}.configHash`) || undefined,
  });
}

function parseContainer(value: unknown, place: string): PodContainer {
  const container = asRecord(value, place);
  const { kind } = container;
  if (kind !== "container" && kind !== "init" && kind !== "ephemeral") {
    throw new ShapeError(`${place}.kind`, { expected: "container, init or ephemeral", found: kind });
  }
  const ids = new Map<number, string>();
  for (const pair of asList(container.ids, `${place}.ids`)) {
    const [restart, id] = asList(pair, `${place}.ids`);
    const known = containerIdOf(asText(id, `${place}.ids`));
    if (known !== undefined) ids.set(asCount(restart, `${place}.ids`), known);
  }
  return Object.freeze({
    name: asText(container.name, `${place}.name`),
    kind,
    image: asOptionalText(container.image, `${place}.image`),
    ids,
  });
}
