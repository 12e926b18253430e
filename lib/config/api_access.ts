/**
 * Decides how the Kubernetes API is reached, and whether the node's name is needed for it.
 *
 * @module
 */
import type { ApiAccess } from "./config.ts";
import { CORE_SETTINGS, type CoreValues } from "./core_settings.ts";
import { resolvePaths } from "./resolve_paths.ts";
import { findGiven, type Given } from "./given.ts";

/** What the decision depends on besides the parsed settings. */
export interface ApiScope {
  readonly given: Given;
  readonly workingFolder: string;
  readonly hasServiceAccount: boolean;
  /** Default true. */
  readonly hasNetwork?: boolean;
  /** Default true. */
  readonly isNodeNameRequired?: boolean;
}

/** The decision; problems and warnings are sentences without a full stop. */
export interface ResolvedApi {
  readonly access: ApiAccess;
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

const NODE_NAME_HELP =
  "CLUSTER_NODE_NAME is required where there is a Kubernetes API, to ask for this node's pods only: in the " +
  "DaemonSet set it from the downward API (env: name: CLUSTER_NODE_NAME, valueFrom: fieldRef: fieldPath: spec.nodeName), " +
  "or give --node-name";

/** Decides: a proxy's address, else a kubeconfig, else the service account; a flag wins over a variable. */
export function resolveApi(core: CoreValues, scope: ApiScope): ResolvedApi {
  const { access, warnings } = chooseAccess(core, scope);
  if (access.kind === "none" || core.nodeName !== undefined) return { access, problems: [], warnings };
  if (scope.isNodeNameRequired ?? true) return { access, problems: [NODE_NAME_HELP], warnings };
  const reason = "the name of the node is not set (CLUSTER_NODE_NAME or --node-name)";
  return {
    access: { kind: "none", reason },
    problems: [],
    warnings: [...warnings, `The Kubernetes API is not asked: ${reason}`],
  };
}

function chooseAccess(core: CoreValues, scope: ApiScope): { access: ApiAccess; warnings: string[] } {
  const url = findGiven(scope.given, CORE_SETTINGS.kubeUrl);
  const file = findGiven(scope.given, CORE_SETTINGS.kubeconfig);
  const isFileFirst = file?.isFlag === true && url?.isFlag !== true;
  const warnings = url && file
    ? [`${url.origin} and ${file.origin} are both set; ${(isFileFirst ? file : url).origin} is used`]
    : [];
  const proxy: ApiAccess | undefined = core.kubeUrl === undefined ? undefined : { kind: "proxy", url: core.kubeUrl };
  const kubeconfig: ApiAccess | undefined = core.kubeconfig === undefined
    ? undefined
    : { kind: "kubeconfig", paths: resolvePaths(core.kubeconfig, scope.workingFolder) };
  const chosen = isFileFirst ? kubeconfig : proxy ?? kubeconfig;
  const access = chosen ?? inCluster(scope);
  if (access.kind === "none" || (scope.hasNetwork ?? true)) return { access, warnings };
  return { access: { kind: "none", reason: "Deno was started without --allow-net" }, warnings };
}

function inCluster({ given: { env }, hasServiceAccount }: ApiScope): ApiAccess {
  const host = env["KUBERNETES_SERVICE_HOST"] || undefined;
  if (hasServiceAccount) {
    const port = env["KUBERNETES_SERVICE_PORT"] || "443";
    return { kind: "service-account", host: host ?? "kubernetes.default.svc", port };
  }
  const reason = host === undefined
    ? "there is neither a service account nor --kube-url nor --kubeconfig"
    : "no token of a service account is mounted (automountServiceAccountToken)";
  return { kind: "none", reason };
}
