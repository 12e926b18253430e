/**
 * Requests to the real API server, as its administrator or as whoever a token belongs to.
 *
 * @module
 */

/** Fields of Kubernetes objects that the scenario looks at. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  // deno-lint-ignore no-explicit-any -- objects of every kind; what is asserted is compared, not trusted
  readonly [field: string]: any;
}

/** An answer. */
export interface Answer {
  readonly status: number;
  // deno-lint-ignore no-explicit-any -- see above
  readonly body: any;
}

/** Options of {@linkcode KubeApi.request}. */
export interface RequestOptions {
  readonly method?: string;
  readonly body?: unknown;
  /** Content type of the body, default `application/json`. */
  readonly type?: string;
  /** Default: the administrator's. */
  readonly token?: string;
}

/** User agent of these requests, to tell them from the watcher's in the audit log. */
export const USER_AGENT = "realnode-scenario";

/** What {@linkcode KubeApi} needs of the node. */
export interface ApiAddress {
  readonly url: string;
  readonly ca: string;
  readonly token: string;
}

/** The API server. */
export class KubeApi implements Disposable {
  readonly #address: ApiAddress;
  readonly #client: Deno.HttpClient;

  constructor(address: ApiAddress) {
    this.#address = address;
    this.#client = Deno.createHttpClient({ caCerts: [address.ca] });
  }

  [Symbol.dispose]() {
    this.#client.close();
  }

  /** Makes a request and reads the answer whole. */
  async request(path: string, options: RequestOptions = {}): Promise<Answer> {
    const { method = "GET", body, type = "application/json", token = this.#address.token } = options;
    const response = await fetch(this.#address.url + path, {
      method,
      client: this.#client,
      headers: { authorization: `Bearer ${token}`, "content-type": type, "user-agent": USER_AGENT },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000),
    });
    const text = await response.text();
    return { status: response.status, body: text.startsWith("{") ? JSON.parse(text.split("\n")[0]!) : text };
  }

  /** @throws {Error} If the answer is no success. */
  // deno-lint-ignore no-explicit-any -- see above
  async get(path: string): Promise<any> {
    return succeeded(await this.request(path), path);
  }

  /** Creates or replaces an object; unknown fields are refused. @throws {Error} If the server refuses it. */
  async apply(object: KubeObject, { isDryRun = false }: { isDryRun?: boolean } = {}): Promise<KubeObject> {
    const path = `${pathOf(object)}?fieldManager=scenario&force=true${isDryRun ? "&dryRun=All" : ""}`;
    const options = { method: "PATCH", body: object, type: "application/apply-patch+yaml" };
    return succeeded(await this.request(path, options), `${object.kind} ${object.metadata.name}`);
  }

  /** Merges into a pod. @throws {Error} If the server refuses it. */
  async patchPod(pod: { namespace: string; name: string }, body: unknown): Promise<void> {
    const options = { method: "PATCH", body, type: "application/merge-patch+json" };
    const path = `/api/v1/namespaces/${pod.namespace}/pods/${pod.name}`;
    succeeded(await this.request(path, options), `patch of ${pod.name}`);
  }

  /** Lists the pods of all namespaces. */
  async pods(): Promise<KubeObject[]> {
    return (await this.get("/api/v1/pods")).items;
  }
}

const CLUSTER_WIDE = ["Namespace", "ClusterRole", "ClusterRoleBinding", "PriorityClass"];

function pathOf({ apiVersion, kind, metadata }: KubeObject): string {
  const group = apiVersion === "v1" ? "/api/v1" : `/apis/${apiVersion}`;
  const namespace = CLUSTER_WIDE.includes(kind) ? "" : `/namespaces/${metadata.namespace}`;
  return `${group}${namespace}/${kind.toLowerCase()}${kind.endsWith("s") ? "es" : "s"}/${metadata.name}`;
}

function succeeded({ status, body }: Answer, what: string) {
  if (status >= 300) throw new Error(`${what}: ${status} ${body?.message ?? JSON.stringify(body)}`);
  return body;
}
