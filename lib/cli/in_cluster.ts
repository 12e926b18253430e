/**
 * Tells whether the program runs in a pod, and where the API is then.
 *
 * @module
 */
import { CORE_SETTINGS } from "../config/core_settings.ts";
import { findGiven, type Given } from "../config/given.ts";

/** Token of the service account, where the kubelet mounts it. */
const TOKEN_PATH = "/var/run/secrets/kubernetes.io/serviceaccount/token";

/** Tells whether the token of a service account is mounted; false also when that may not be read. */
export async function hasServiceAccount(): Promise<boolean> {
  if ((await Deno.permissions.query({ name: "read", path: TOKEN_PATH })).state !== "granted") return false;
  try {
    return (await Deno.stat(TOKEN_PATH)).isFile;
  } catch {
    return false;
  }
}

/** Finds host and port of the API as far as the settings tell; undefined with a kubeconfig or without API. */
export function apiHostOf(given: Given): string | undefined {
  const url = URL.parse(findGiven(given, CORE_SETTINGS.kubeUrl)?.text ?? "");
  if (url) return `${url.hostname}:${url.port || (url.protocol === "https:" ? 443 : 80)}`;
  const host = given.env["KUBERNETES_SERVICE_HOST"];
  if (!host || findGiven(given, CORE_SETTINGS.kubeconfig)) return undefined;
  return `${host.includes(":") ? `[${host}]` : host}:${given.env["KUBERNETES_SERVICE_PORT"] || "443"}`;
}
