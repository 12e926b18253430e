/**
 * Access as a kubeconfig says, for a laptop.
 *
 * @module
 */
import { type Access, type AccessSource, ConnectionError, RotatingFile, type TlsMaterial } from "./access.ts";
import { asOptionalRecord, asOptionalText, type JsonRecord, ShapeError } from "./json_shape.ts";
import { type CurrentContext, readCurrentContext } from "./kubeconfig_file.ts";
import { ExecCredentials } from "./kubeconfig_exec.ts";

type Read = (options: { isRefused: boolean }) => Promise<string | undefined>;

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
    refuseUnsupported(context, where);
    const baseUrl = serverOf(context.cluster, where);
    return { description: `${baseUrl} (${where})`, baseUrl, read: accessReader(context, baseUrl) };
  } catch (cause) {
    if (!(cause instanceof ShapeError)) throw cause;
    throw new ConnectionError(`Cannot use ${where}: ${cause.message}`, { cause });
  }
}

function serverOf(cluster: JsonRecord, where: string): string {
  const server = asOptionalText(cluster.server, "cluster.server");
  const url = URL.parse(server);
  const isUsable = url !== null && /^https?:$/.test(url.protocol) && url.username === "" && url.password === "";
  if (!isUsable) throw new ConnectionError(`The server of ${where} is no http or https URL without a password`);
  return server.replace(/\/+$/, "");
}

function refuseUnsupported({ cluster, user }: CurrentContext, where: string): void {
  if (cluster["insecure-skip-tls-verify"] === true) {
    throw new ConnectionError(
      `Cannot use ${where}: insecure-skip-tls-verify is not supported; set certificate-authority(-data), or run kubectl proxy ` +
        "and set WATCHER_KUBE_URL=http://127.0.0.1:8001",
    );
  }
  const unsupported = [
    asOptionalText(cluster["tls-server-name"], "cluster.tls-server-name") && "tls-server-name",
    user["auth-provider"] && "auth-provider",
    user.as && "as (impersonation)",
  ].filter(Boolean);
  if (unsupported.length === 0) return;
  throw new ConnectionError(
    `Cannot use ${where}: ${
      unsupported.join(", ")
    } is not supported; run kubectl proxy and set WATCHER_KUBE_URL=http://127.0.0.1:8001`,
  );
}

function accessReader({ cluster, user }: CurrentContext, baseUrl: string): AccessSource["read"] {
  const readCa = pemReader(cluster, { data: "certificate-authority-data", file: "certificate-authority" });
  const readCert = pemReader(user, { data: "client-certificate-data", file: "client-certificate" });
  const readKey = pemReader(user, { data: "client-key-data", file: "client-key" });
  const readToken = tokenReader(user);
  const proxyUrl = asOptionalText(cluster["proxy-url"], "cluster.proxy-url");
  const exec = user.exec === undefined || user.exec === null
    ? undefined
    : new ExecCredentials(asOptionalRecord(user.exec, "user.exec"), { server: baseUrl });
  return async ({ isRefused }): Promise<Access> => {
    const [ca, fileCert, fileKey] = await Promise.all([readCa(), readCert(), readKey()]);
    const plugged = await exec?.read({ isRefused });
    const token = plugged?.token ?? await readToken({ isRefused });
    const [cert, key] = plugged?.client ? [plugged.client.cert, plugged.client.key] : [fileCert, fileKey];
    const tls: TlsMaterial = {
      caCerts: ca === undefined ? [] : [ca],
      ...(cert !== undefined && key !== undefined ? { client: { cert, key } } : {}),
      ...(proxyUrl === "" ? {} : { proxyUrl }),
    };
    const authorization = token === undefined ? basicOf(user) : `Bearer ${token}`;
    return { tls, ...(authorization === undefined ? {} : { authorization }) };
  };
}

/** Data wins over a file, as with kubectl. */
function pemReader(
  entry: JsonRecord,
  { data, file }: { data: string; file: string },
): () => Promise<string | undefined> {
  const encoded = asOptionalText(entry[data], data);
  const path = asOptionalText(entry[file], file);
  if (encoded !== "") {
    const pem = decodeBase64(encoded, data);
    return () => Promise.resolve(pem);
  }
  if (path === "") return () => Promise.resolve(undefined);
  const reader = new RotatingFile(path, `the kubeconfig's ${file}`);
  return () => reader.read();
}

/** A token file wins over a token, as with kubectl. */
function tokenReader(user: JsonRecord): Read {
  const path = asOptionalText(user.tokenFile, "user.tokenFile");
  const token = asOptionalText(user.token, "user.token").trim();
  if (path === "") return () => Promise.resolve(token === "" ? undefined : token);
  const reader = new RotatingFile(path, "the kubeconfig's tokenFile");
  return async () => (await reader.read()).trim();
}

function basicOf(user: JsonRecord): string | undefined {
  const name = asOptionalText(user.username, "user.username");
  if (name === "") return undefined;
  const bytes = new TextEncoder().encode(`${name}:${asOptionalText(user.password, "user.password")}`);
  return `Basic ${bytes.toBase64()}`;
}

function decodeBase64(text: string, field: string): string {
  try {
    return new TextDecoder().decode(Uint8Array.fromBase64(text));
  } catch {
    throw new ConnectionError(`The kubeconfig's ${field} is not valid base64`);
  }
}
