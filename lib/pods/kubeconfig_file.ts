/**
 * Reads kubeconfig files (kind Config of client.authentication, as `kubectl config view` shows it).
 *
 * @module
 */
import { dirname, resolve } from "node:path";
import { parse } from "yaml";
import { ConnectionError, reasonOf } from "./access.ts";
import {
  asList,
  asOptionalRecord,
  asOptionalText,
  asRecord,
  asText,
  type JsonRecord,
  ShapeError,
} from "./json_shape.ts";

/** Fields of an entry that hold a path; they are relative to the file they stand in. */
const PATH_FIELDS = ["certificate-authority", "client-certificate", "client-key", "tokenFile"];

/** One file, its entries by name. */
interface KubeconfigFile {
  readonly currentContext: string;
  readonly contexts: ReadonlyMap<string, JsonRecord>;
  readonly clusters: ReadonlyMap<string, JsonRecord>;
  readonly users: ReadonlyMap<string, JsonRecord>;
}

/** What the current context names. */
export interface CurrentContext {
  readonly contextName: string;
  /** The field `cluster` of the cluster, paths made absolute. */
  readonly cluster: JsonRecord;
  /** The field `user` of the user, paths made absolute. */
  readonly user: JsonRecord;
}

/**
 * Reads the current context of kubeconfig files; where several have an entry of one name, the first wins, as with kubectl.
 * @throws {ConnectionError} If a file cannot be read, or something that is named is not there.
 */
export async function readCurrentContext(paths: readonly string[]): Promise<CurrentContext> {
  const files = await Promise.all(paths.map(readFile));
  const where = paths.join(", ");
  const contextName = files.map(({ currentContext }) => currentContext).find((name) => name !== "");
  if (contextName === undefined) {
    throw new ConnectionError(
      `The kubeconfig ${where} has no current-context; choose one with kubectl config use-context`,
    );
  }
  const entry = (kind: "contexts" | "clusters" | "users", name: string): JsonRecord => {
    for (const file of files) {
      const found = file[kind].get(name);
      if (found !== undefined) return found;
    }
    throw new ConnectionError(
      `The kubeconfig ${where} has no entry "${name}" in ${kind}, which context "${contextName}" needs`,
    );
  };
  const context = entry("contexts", contextName);
  const userName = asOptionalText(context.user, "context.user");
  return {
    contextName,
    cluster: entry("clusters", asOptionalText(context.cluster, "context.cluster")),
    user: userName === "" ? {} : entry("users", userName),
  };
}

async function readFile(path: string): Promise<KubeconfigFile> {
  let text;
  try {
    text = await Deno.readTextFile(path);
  } catch (cause) {
    throw new ConnectionError(`Cannot read the kubeconfig ${path}: ${reasonOf(cause)}`, { cause });
  }
  const config = parseYaml(text, path);
  try {
    const folder = dirname(resolve(path));
    return {
      currentContext: asOptionalText(config["current-context"], "current-context"),
      contexts: entriesOf(config, { list: "contexts", field: "context", folder }),
      clusters: entriesOf(config, { list: "clusters", field: "cluster", folder }),
      users: entriesOf(config, { list: "users", field: "user", folder }),
    };
  } catch (cause) {
    if (!(cause instanceof ShapeError)) throw cause;
    throw new ConnectionError(`Cannot read the kubeconfig ${path}: ${cause.message}`, { cause });
  }
}

function parseYaml(text: string, path: string): JsonRecord {
  try {
    return asRecord(parse(text, { logLevel: "error" }), "the top");
  } catch (cause) {
    if (cause instanceof Deno.errors.NotCapable) {
      throw new ConnectionError(`Cannot read the kubeconfig ${path}: ${cause.message}`, { cause });
    }
    // The parser's message quotes lines of the file, and with them maybe a token: neither shown nor kept as a cause.
    throw new ConnectionError(`Cannot read the kubeconfig ${path}: it is no YAML object`);
  }
}

function entriesOf(
  config: JsonRecord,
  { list, field, folder }: { list: string; field: string; folder: string },
): ReadonlyMap<string, JsonRecord> {
  const entries = new Map<string, JsonRecord>();
  asList(config[list], list).forEach((item, index) => {
    const entry = asRecord(item, `${list}[${index}]`);
    const name = asText(entry.name, `${list}[${index}].name`);
    const value = asOptionalRecord(entry[field], `${list}[${index}].${field}`);
    if (!entries.has(name)) entries.set(name, withAbsolutePaths(value, folder));
  });
  return entries;
}

function withAbsolutePaths(entry: JsonRecord, folder: string): JsonRecord {
  const paths = PATH_FIELDS.filter((field) => typeof entry[field] === "string" && entry[field] !== "");
  return { ...entry, ...Object.fromEntries(paths.map((field) => [field, resolve(folder, String(entry[field]))])) };
}
