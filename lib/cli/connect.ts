/**
 * Opens the way to the API that the configuration names.
 *
 * @module
 */
import type { ApiAccess } from "../config/config.ts";
import { type Connection, resolveConnection } from "../pods/connection.ts";
import { readEnvironment } from "./environment.ts";

/**
 * Connects; undefined where the API is not to be asked.
 *
 * @throws {ConnectionError} If what the configuration names cannot be used.
 */
export async function connect(api: ApiAccess): Promise<Connection | undefined> {
  switch (api.kind) {
    case "none":
      return undefined;
    case "proxy":
      return await resolveConnection({ kubeUrl: api.url, env: {} });
    case "kubeconfig":
      return await resolveConnection({ env: { KUBECONFIG: api.paths.join(":") } });
    case "service-account": {
      const { KUBERNETES_SERVICE_HOST, KUBERNETES_SERVICE_PORT } = await readEnvironment([
        "KUBERNETES_SERVICE_HOST",
        "KUBERNETES_SERVICE_PORT",
      ]);
      return await resolveConnection({ env: { KUBERNETES_SERVICE_HOST, KUBERNETES_SERVICE_PORT } });
    }
  }
}

/** Says of an API that is not asked why, for people. */
export function describeNoApi(api: ApiAccess): string {
  return api.kind === "none" ? `not asked: ${api.reason}` : "not asked";
}
