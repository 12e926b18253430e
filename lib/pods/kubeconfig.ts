/**
 * Access as a kubeconfig says, for a laptop: read and applied by the library of the Kubernetes project. Never loaded where no kubeconfig is
 * used, because the library costs half a second and 80 MB.
 *
 * @module
 */
import type { RequestOptions } from "node:https";
import { type Cluster, KubeConfig, type User } from "@kubernetes/client-node";
import { type Access, type AccessSource, ConnectionError, reasonOf, RotatingFile } from "./access.ts";
import { asOptionalText, ShapeError } from "./json_shape.ts";
import { type CurrentContext, readCurrentContext } from "./kubeconfig_file.ts";
import { askPlugin, pluginOf, withExecInfo } from "./kubeconfig_exec.ts";

/**
 * Loads the current context of kubeconfig files.
 *
 * Serves certificate authorities, client certificates and keys (data or file), token, tokenFile, user name with password, exec
 * plug-ins and proxy-url. Files are read again for every request.
 * @param paths Files, at least one.
 * @throws {ConnectionError} If a file cannot be read, or asks for something that is not possible here.
 */
export async function loadKubeconfig(paths: readonly string[]): Promise<AccessSource> {
  const context = await readCurrentContext(paths);
  const where = `context ${context.contextName} of ${paths.join(", ")}`;
  try {
    checkTexts(context);
    refuseUnsupported(context, where);
    const baseUrl = serverOf(context.cluster, where);
    return { description: `${baseUrl} (${where})`, baseUrl, read: accessReader(context, where) };
  } catch (cause) {
    if (!(cause instanceof ShapeError)) throw cause;
    throw new ConnectionError(`Cannot use ${where}: ${cause.message}`, { cause });
  }
}

/** Checks what the library takes as it comes. */
function checkTexts({ cluster, user }: CurrentContext): void {
  for (const field of ["server", "caData", "caFile", "proxyUrl"] as const) {
    asOptionalText(cluster[field], `cluster.${field}`);
  }
  for (const field of ["certData", "certFile", "keyData", "keyFile", "token", "username", "password"] as const) {
    asOptionalText(user[field], `user.${field}`);
  }
  pluginOf(user);
}

function serverOf(cluster: Cluster, where: string): string {
  const url = URL.parse(cluster.server);
  const isUsable = url !== null && /^https?:$/.test(url.protocol) && url.username === "" && url.password === "";
  if (!isUsable) throw new ConnectionError(`The server of ${where} is no http or https URL without a password`);
  return cluster.server.replace(/\/+$/, "");
}

function refuseUnsupported({ cluster, user }: CurrentContext, where: string): void {
  if (cluster.skipTLSVerify) {
    throw new ConnectionError(
      `Cannot use ${where}: insecure-skip-tls-verify is not supported; set certificate-authority(-data), or run kubectl proxy ` +
        "and set WATCHER_KUBE_URL=http://127.0.0.1:8001",
    );
  }
  const unsupported = [
    cluster.tlsServerName && "tls-server-name",
    user.authProvider && "auth-provider",
    user.impersonateUser && "as (impersonation)",
  ].filter(Boolean);
  if (unsupported.length === 0) return;
  throw new ConnectionError(
    `Cannot use ${where}: ${
      unsupported.join(", ")
    } is not supported; run kubectl proxy and set WATCHER_KUBE_URL=http://127.0.0.1:8001`,
  );
}

function accessReader(context: CurrentContext, where: string): AccessSource["read"] {
  const tokenFile = context.tokenFile === ""
    ? undefined
    : new RotatingFile(context.tokenFile, "the kubeconfig's tokenFile");
  let config = freshConfig(context);
  return async ({ isRefused }): Promise<Access> => {
    // The library remembers what a plug-in gave until it expires, even when the server refuses it.
    if (isRefused) config = freshConfig(context);
    const options = await apply(config, { user: context.user, where });
    // A token file wins over a token, as with kubectl.
    const token = tokenFile === undefined ? undefined : (await tokenFile.read()).trim();
    return toAccess(options, { token, proxyUrl: context.cluster.proxyUrl });
  };
}

/** Makes the library's view of one cluster and user, with what it does differently from kubectl put right. */
function freshConfig(context: CurrentContext): KubeConfig {
  // The proxy is for our own requests.
  const { proxyUrl: _proxyUrl, ...direct } = context.cluster;
  // The library refuses plain http unless told that there is no TLS to verify.
  const cluster: Cluster = { ...direct, skipTLSVerify: direct.server.startsWith("http:") };
  const user: User = withExecInfo(context.user, { server: direct.server });
  // Data wins over a file.
  if (cluster.caData) delete cluster.caFile;
  if (user.certData) delete user.certFile;
  if (user.keyData) delete user.keyFile;
  const config = new KubeConfig();
  config.loadFromClusterAndUser(cluster, user);
  return config;
}

async function apply(config: KubeConfig, { user, where }: { user: User; where: string }): Promise<RequestOptions> {
  const options: RequestOptions = {};
  const command = pluginOf(user);
  try {
    if (command === undefined) await config.applyToHTTPSOptions(options);
    else await askPlugin(command, { config, options });
    return options;
  } catch (cause) {
    if (cause instanceof ConnectionError) throw cause;
    // Without a plug-in all that can fail is reading a file, whose path the message names.
    throw new ConnectionError(`Cannot use ${where}: ${reasonOf(cause)}`, { cause });
  }
}

function toAccess(
  options: RequestOptions,
  { token, proxyUrl }: { token: string | undefined; proxyUrl: string | undefined },
): Access {
  const { auth, ca, cert, key } = options;
  const headers = new Headers(options.headers as Record<string, string> | undefined);
  const authorization = token === undefined ? headers.get("authorization") ?? basic(auth) : `Bearer ${token}`;
  return {
    ...(authorization === undefined ? {} : { authorization }),
    tls: {
      caCerts: ca ? [pem(ca, "certificate-authority")] : [],
      ...(cert && key ? { client: { cert: pem(cert, "client-certificate"), key: pem(key, "client-key") } } : {}),
      ...(proxyUrl ? { proxyUrl } : {}),
    },
  };
}

function basic(auth: string | null | undefined): string | undefined {
  return auth ? `Basic ${new TextEncoder().encode(auth).toBase64()}` : undefined;
}

/** Takes what the library read or decoded; it decodes what is no base64 too, to something else. */
function pem(value: unknown, field: string): string {
  const text = String(value);
  if (text.includes("-----BEGIN ")) return text;
  throw new ConnectionError(`The kubeconfig's ${field} (or ${field}-data, in base64) is no PEM`);
}
