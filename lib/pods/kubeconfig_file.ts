/**
 * Reads kubeconfig files (kind Config, as `kubectl config view` shows it) with the library of the Kubernetes project.
 *
 * @module
 */
import { dirname, resolve } from "node:path";
import { type Cluster, KubeConfig, type User } from "@kubernetes/client-node";
import { parse } from "yaml";
import { ConnectionError, reasonOf } from "./access.ts";
import { asList, asOptionalRecord, asOptionalText, asRecord, ShapeError } from "./json_shape.ts";

/** What the current context names, paths made absolute. */
export interface CurrentContext {
  readonly contextName: string;
  readonly cluster: Cluster;
  readonly user: User;
  /** The user's field `tokenFile`, or empty. */
  readonly tokenFile: string;
}

/** One file. */
interface LoadedFile {
  readonly config: KubeConfig;
  /** Fields `tokenFile` by name of the user. */
  readonly tokenFiles: ReadonlyMap<string, string>;
}

/**
 * Reads the current context of kubeconfig files; where several have an entry of one name, the first wins, as with kubectl.
 * @throws {ConnectionError} If a file cannot be read, or something that is named is not there.
 */
export async function readCurrentContext(paths: readonly string[]): Promise<CurrentContext> {
  const files = await Promise.all(paths.map(loadFile));
  const config = merge(files.map((file) => file.config));
  const where = paths.join(", ");
  const contextName = config.getCurrentContext();
  if (!contextName) {
    throw new ConnectionError(
      `The kubeconfig ${where} has no current-context; choose one with kubectl config use-context`,
    );
  }
  const missing = (name: string, kind: string) =>
    new ConnectionError(
      `The kubeconfig ${where} has no usable entry "${name}" in ${kind}, which context "${contextName}" needs`,
    );
  const context = config.getContextObject(contextName);
  if (!context) throw missing(contextName, "contexts");
  const cluster = config.getCluster(context.cluster);
  if (!cluster) throw missing(context.cluster, "clusters");
  const user = context.user ? config.getUser(context.user) : { name: "" };
  if (!user) throw missing(context.user, "users");
  const owner = files.find((file) => file.config.getUser(user.name) !== null);
  return { contextName, cluster, user, tokenFile: owner?.tokenFiles.get(user.name) ?? "" };
}

async function loadFile(path: string): Promise<LoadedFile> {
  const text = await readText(path);
  try {
    const config = new KubeConfig();
    const tokenFiles = readTokenFiles(text, path);
    // An entry that is broken, or a context without a cluster, is no reason to refuse the others.
    config.loadFromString(text, { onInvalidEntry: "filter" });
    config.makePathsAbsolute(dirname(resolve(path)));
    return { config, tokenFiles };
  } catch (cause) {
    if (cause instanceof ShapeError || cause instanceof Deno.errors.NotCapable) {
      throw new ConnectionError(`Cannot read the kubeconfig ${path}: ${cause.message}`, { cause });
    }
    // A parser's message quotes lines of the file, and with them maybe a token: neither shown nor kept as a cause.
    throw new ConnectionError(`Cannot read the kubeconfig ${path}: it is no YAML object`);
  }
}

async function readText(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (cause) {
    throw new ConnectionError(`Cannot read the kubeconfig ${path}: ${reasonOf(cause)}`, { cause });
  }
}

/**
 * Reads the one field that the library leaves out: it looks for `token-file`, where kubectl writes and reads `tokenFile`
 * (client-go's AuthInfo; seen in client-node 2.0.1, config_types.js findToken).
 */
function readTokenFiles(text: string, path: string): ReadonlyMap<string, string> {
  const tokenFiles = new Map<string, string>();
  const document = asRecord(parse(text, { merge: true, logLevel: "error" }), "the top");
  for (const [index, item] of asList(document.users, "users").entries()) {
    const { name, user } = asOptionalRecord(item, `users[${index}]`);
    const tokenFile = asOptionalText(asOptionalRecord(user, `users[${index}].user`).tokenFile, "user.tokenFile");
    if (typeof name === "string" && tokenFile !== "") tokenFiles.set(name, resolve(dirname(resolve(path)), tokenFile));
  }
  return tokenFiles;
}

/** Merges entry by entry: the library's own merge refuses names that occur twice, and lets the last current-context win. */
function merge(configs: readonly KubeConfig[]): KubeConfig {
  const merged = new KubeConfig();
  for (const config of configs) {
    for (const cluster of config.getClusters()) if (!merged.getCluster(cluster.name)) merged.addCluster(cluster);
    for (const user of config.getUsers()) if (!merged.getUser(user.name)) merged.addUser(user);
    for (const context of config.getContexts()) {
      if (!merged.getContextObject(context.name)) merged.addContext(context);
    }
    if (!merged.getCurrentContext()) merged.setCurrentContext(config.getCurrentContext());
  }
  return merged;
}
