/**
 * Lists the pods of a node.
 *
 * @module
 */
import { refuseUnlessOk } from "./api_status.ts";
import type { Connection } from "./api_client.ts";
import type { Clock } from "./clock.ts";
import { asList, asOptionalRecord, asOptionalText, asRecord, asText, ShapeError } from "./json_shape.ts";
import type { Pod } from "./pod.ts";
import { projectPod } from "./project_pod.ts";
import { SilenceGuard } from "./silence_guard.ts";

/** Says that the answer to a list is no list of pods. */
export class PodListError extends Error {
  override readonly name = "PodListError";
}

/** The pods of a node at one version. */
export interface PodList {
  readonly pods: readonly Pod[];
  /** Where a watch goes on from. */
  readonly version: string;
  /** Sentences about items that have not the shape of a pod; the others are not affected. */
  readonly malformed: readonly string[];
}

/** Options of {@linkcode listPods}. */
export interface ListPodsOptions {
  readonly nodeName: string;
  readonly clock: Clock;
  /** Longest silence of the server in milliseconds. */
  readonly silenceMs: number;
  readonly signal: AbortSignal;
}

interface Page extends PodList {
  readonly next: string;
}

/**
 * Lists the pods of a node from the API server's cache (resourceVersion=0), which costs etcd nothing. Such a list comes in
 * one piece; where a proxy or a server cuts it nevertheless, the further pages are fetched.
 * @throws {ApiStatusError} If the server refuses.
 * @throws {PodListError} If the answer is no list of pods.
 * @throws {SilenceError} If the server is silent for too long.
 */
export async function listPods(connection: Connection, options: ListPodsOptions): Promise<PodList> {
  const selector = podSelector(options.nodeName);
  let page = await fetchPage(connection, `${selector}&resourceVersion=0`, options);
  const { pods, malformed } = { pods: [...page.pods], malformed: [...page.malformed] };
  while (page.next !== "") {
    page = await fetchPage(connection, `${selector}&limit=500&continue=${encodeURIComponent(page.next)}`, options);
    pods.push(...page.pods);
    malformed.push(...page.malformed);
  }
  return { pods, malformed, version: page.version };
}

/** Returns path and selector of the pods of a node; further parameters are appended with `&`. */
export function podSelector(nodeName: string): string {
  return `/api/v1/pods?fieldSelector=${encodeURIComponent(`spec.nodeName=${nodeName}`)}`;
}

async function fetchPage(connection: Connection, path: string, options: ListPodsOptions): Promise<Page> {
  const { clock, signal, silenceMs: limitMs } = options;
  using guard = new SilenceGuard("The list of pods", { signal, clock, limitMs });
  const response = await connection.request(path, { signal: guard.signal });
  guard.touch();
  await refuseUnlessOk(response, { action: "list pods", now: clock.now() });
  const text = await readText(response, guard);
  try {
    return parsePage(JSON.parse(text));
  } catch (cause) {
    const type = response.headers.get("content-type") ?? "without a content type";
    throw new PodListError(
      `Cannot read the list of pods: the answer (${type}) is no PodList; check that ${connection.description} is a Kubernetes API`,
      { cause },
    );
  }
}

async function readText(response: Response, guard: SilenceGuard): Promise<string> {
  const decoder = new TextDecoder();
  const parts: string[] = [];
  for await (const chunk of response.body ?? []) {
    guard.touch();
    parts.push(decoder.decode(chunk, { stream: true }));
  }
  return parts.join("") + decoder.decode();
}

function parsePage(value: unknown): Page {
  const list = asRecord(value, "list");
  const metadata = asRecord(list.metadata, "metadata");
  const version = asText(metadata.resourceVersion, "metadata.resourceVersion");
  if (list.items === undefined) throw new ShapeError("items", { expected: "a list", found: undefined });
  const pods: Pod[] = [];
  const malformed: string[] = [];
  for (const item of asList(list.items, "items")) {
    try {
      pods.push(projectPod(item));
    } catch (error) {
      if (!(error instanceof ShapeError)) throw error;
      malformed.push(`${nameOf(item)}: ${error.message}`);
    }
  }
  return { pods, version, malformed, next: asOptionalText(metadata.continue, "metadata.continue") };
}

function nameOf(item: unknown): string {
  try {
    const { namespace, name } = asOptionalRecord(asRecord(item, "item").metadata, "metadata");
    return `${String(namespace)}/${String(name)}`;
  } catch {
    return "an item that is no object";
  }
}
