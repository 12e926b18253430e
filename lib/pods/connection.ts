/**
 * Finds the way to the API server.
 *
 * @module
 */
import { join } from "node:path";
import { type AccessSource, ConnectionError } from "./access.ts";
import { ApiClient, type Connection } from "./api_client.ts";
import { inClusterAccess, whyNoServiceAccount } from "./in_cluster.ts";
import { kubeUrlAccess } from "./kube_url.ts";

export { type Connection, ConnectionError };

/** Where the kubelet mounts the service account. */
export const SERVICE_ACCOUNT_PATH = "/var/run/secrets/kubernetes.io/serviceaccount";

/** Variables of the environment that matter here. */
export interface ConnectionEnv {
  readonly KUBERNETES_SERVICE_HOST?: string | undefined;
  readonly KUBERNETES_SERVICE_PORT?: string | undefined;
  /** Kubeconfig files, separated by colons. */
  readonly KUBECONFIG?: string | undefined;
  readonly HOME?: string | undefined;
}

/** Options of {@linkcode resolveConnection}. */
export interface ConnectionOptions {
  /** Proxy that authenticates by itself; wins over everything. */
  readonly kubeUrl?: string | undefined;
  /** Kubeconfig file that was asked for by name; wins over a service account. */
  readonly kubeconfigPath?: string | undefined;
  /** Folder of the service account, default {@linkcode SERVICE_ACCOUNT_PATH}. */
  readonly serviceAccountPath?: string | undefined;
  readonly env: ConnectionEnv;
}

/**
 * Finds the way to the API server: the URL of a proxy, else a kubeconfig asked for by name, else the service account of this pod,
 * else the kubeconfig of the environment. Only files are read; nothing is asked of the server yet.
 * @throws {ConnectionError} If there is none, or the one found cannot be used.
 */
export async function resolveConnection(options: ConnectionOptions): Promise<Connection> {
  return new ApiClient(await findAccess(options));
}

async function findAccess(options: ConnectionOptions): Promise<AccessSource> {
  const { kubeUrl, kubeconfigPath, serviceAccountPath = SERVICE_ACCOUNT_PATH, env } = options;
  if (kubeUrl) return kubeUrlAccess(kubeUrl);
  if (kubeconfigPath) return await kubeconfigAccess([kubeconfigPath]);
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = env;
  let whyNotInCluster: string | undefined = "KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set";
  if (host && port) {
    whyNotInCluster = await whyNoServiceAccount(serviceAccountPath);
    if (whyNotInCluster === undefined) return inClusterAccess({ host, port, serviceAccountPath });
  }
  const paths = await existingPaths(kubeconfigPaths(env));
  if (paths.length > 0) return await kubeconfigAccess(paths);
  throw new ConnectionError(
    "Cannot find the Kubernetes API. Tried: WATCHER_KUBE_URL (not set); " +
      `the service account of a pod (${whyNotInCluster}); ` +
      `a kubeconfig (none at ${kubeconfigPaths(env).join(", ") || "KUBECONFIG or HOME, which are not set"}). ` +
      "Set WATCHER_KUBE_URL, run in a pod with a service account, or set KUBECONFIG",
  );
}

function kubeconfigPaths({ KUBECONFIG, HOME }: ConnectionEnv): readonly string[] {
  if (KUBECONFIG) return KUBECONFIG.split(":").filter((path) => path !== "");
  return HOME ? [join(HOME, ".kube", "config")] : [];
}

async function existingPaths(paths: readonly string[]): Promise<readonly string[]> {
  const existing: string[] = [];
  for (const path of paths) {
    try {
      await Deno.stat(path);
      existing.push(path);
    } catch (error) {
      // A file that is there but may not be seen is named when it is read.
      if (!(error instanceof Deno.errors.NotFound)) existing.push(path);
    }
  }
  return existing;
}

/** Loads the reader of kubeconfig files only where one is used: with the library it costs half a second and 80 MB that a pod on a node must not pay. */
async function kubeconfigAccess(paths: readonly string[]): Promise<AccessSource> {
  const { loadKubeconfig } = await import("./kubeconfig.ts");
  return await loadKubeconfig(paths);
}
