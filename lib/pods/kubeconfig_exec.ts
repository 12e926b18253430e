/**
 * Exec plug-ins of a kubeconfig (client.authentication.k8s.io v1 and v1beta1): the library runs them, this gives them what it leaves
 * out and says in words, without secrets, what went wrong.
 *
 * @module
 */
import type { RequestOptions } from "node:https";
import type { KubeConfig, User } from "@kubernetes/client-node";
import { ConnectionError } from "./access.ts";
import { asList, asOptionalRecord, asOptionalText, asRecord, asText } from "./json_shape.ts";

/** Longest run of a plug-in, in milliseconds. */
const TIMEOUT_MS = 60_000;

const NO_CREDENTIAL = "gave no ExecCredential with a token or a certificate";

/**
 * Returns the command of a user's plug-in; undefined without a plug-in.
 * @throws {ShapeError} If the field `exec` has not the shape of the format.
 */
export function pluginOf({ exec }: User): string | undefined {
  if (exec === undefined || exec === null) return undefined;
  return asText(asRecord(exec, "user.exec").command, "user.exec.command");
}

/**
 * Adds the variable KUBERNETES_EXEC_INFO, by which kubectl tells a plug-in what is wanted, to a user's plug-in; the library leaves it out.
 * @param options.server URL of the API server.
 */
export function withExecInfo(user: User, { server }: { server: string }): User {
  if (pluginOf(user) === undefined) return { ...user };
  const exec = asOptionalRecord(user.exec, "user.exec");
  const apiVersion = asOptionalText(exec.apiVersion, "user.exec.apiVersion") || "client.authentication.k8s.io/v1";
  const spec = { interactive: false, cluster: { server } };
  const value = JSON.stringify({ kind: "ExecCredential", apiVersion, spec });
  const env = [...asList(exec.env, "user.exec.env"), { name: "KUBERNETES_EXEC_INFO", value }];
  return { ...user, exec: { ...exec, args: exec.args ?? [], env } };
}

/**
 * Runs a plug-in, if that is permitted and its last answer has expired.
 * @param command The plug-in's command.
 * @param scope.config What the library knows of the user with the plug-in.
 * @param scope.options Where the library puts what the plug-in gave.
 * @throws {ConnectionError} If it must not or cannot be run, fails, takes longer than a minute, or answers something else.
 */
export async function askPlugin(
  command: string,
  { config, options }: { config: KubeConfig; options: RequestOptions },
): Promise<void> {
  await checkPermission(command);
  const { promise: ended, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new ConnectionError(describe(command, "gave no answer in 60 s"))), TIMEOUT_MS);
  try {
    await Promise.race([config.applyToHTTPSOptions(options), ended]);
  } catch (error) {
    throw error instanceof ConnectionError ? error : new ConnectionError(describe(command, reasonOf(error)));
  } finally {
    clearTimeout(timer);
  }
  const isAnswered = new Headers(options.headers as Record<string, string>).has("authorization") || options.cert;
  if (!isAnswered) throw new ConnectionError(describe(command, NO_CREDENTIAL));
}

async function checkPermission(command: string): Promise<void> {
  const { state } = await Deno.permissions.query({ name: "run", command });
  if (state === "granted") return;
  throw new ConnectionError(
    `Cannot run the kubeconfig's exec plug-in ${command}: the permission --allow-run=${command} is missing; ` +
      "grant it, or run kubectl proxy and set WATCHER_KUBE_URL=http://127.0.0.1:8001",
  );
}

function describe(command: string, reason: string): string {
  return `The kubeconfig's exec plug-in ${command} ${reason}`;
}

/** Says what went wrong in words of our own: the library's message may be all that the plug-in printed, secrets included. */
function reasonOf(error: unknown): string {
  if (error instanceof Error && "code" in error && error.code === "ENOENT") {
    return "cannot be run: there is no such program";
  }
  if (error instanceof Deno.errors.NotCapable) return `cannot be run: ${error.message}`;
  if (error instanceof SyntaxError || error instanceof TypeError) return NO_CREDENTIAL;
  return "failed; run it by hand to see what it says";
}
