/**
 * Access with the pod's own service account.
 *
 * @module
 */
import { join } from "node:path";
import { type AccessSource, ConnectionError, reasonOf, RotatingFile } from "./access.ts";

/** Options of {@linkcode inClusterAccess}. */
export interface InClusterOptions {
  /** KUBERNETES_SERVICE_HOST: name or address, IPv6 without brackets. */
  readonly host: string;
  /** KUBERNETES_SERVICE_PORT. */
  readonly port: string;
  /** Folder with `token` and `ca.crt`, as the kubelet mounts it. */
  readonly serviceAccountPath: string;
}

/** Uses the service account that the kubelet mounts and rotates: both files are read for every request. */
export function inClusterAccess({ host, port, serviceAccountPath }: InClusterOptions): AccessSource {
  const token = new RotatingFile(join(serviceAccountPath, "token"), "the service account's token");
  const ca = new RotatingFile(join(serviceAccountPath, "ca.crt"), "the cluster's certificate authority");
  const baseUrl = `https://${host.includes(":") && !host.startsWith("[") ? `[${host}]` : host}:${port}`;
  if (!URL.canParse(baseUrl)) {
    throw new ConnectionError(`KUBERNETES_SERVICE_HOST and _PORT make no URL: ${baseUrl}`);
  }
  return {
    description: `${baseUrl} (service account ${serviceAccountPath})`,
    baseUrl,
    read: async () => ({
      authorization: `Bearer ${(await token.read()).trim()}`,
      tls: { caCerts: [await ca.read()] },
    }),
  };
}

/**
 * Tells whether a service account is mounted.
 * @returns undefined if it is, else why not.
 * @throws {ConnectionError} If its token is there and may not be read.
 */
export async function whyNoServiceAccount(serviceAccountPath: string): Promise<string | undefined> {
  const path = join(serviceAccountPath, "token");
  try {
    await Deno.readTextFile(path);
    return undefined;
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return `there is no ${path}`;
    throw new ConnectionError(`Cannot read the service account's token from ${path}: ${reasonOf(cause)}`, { cause });
  }
}
