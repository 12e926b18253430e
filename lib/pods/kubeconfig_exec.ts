/**
 * Credentials from an exec plug-in of a kubeconfig (client.authentication.k8s.io v1 and v1beta1).
 *
 * @module
 */
import { ConnectionError } from "./access.ts";
import { asList, asOptionalRecord, asOptionalText, asRecord, asText, type JsonRecord } from "./json_shape.ts";

/** What a plug-in gave. Holds secrets: never log it. */
export interface PluggedCredentials {
  readonly token: string | undefined;
  readonly client: { readonly cert: string; readonly key: string } | undefined;
  /** Milliseconds since 1970; Infinity where the plug-in names no end. */
  readonly expiresAt: number;
}

/** Longest run of a plug-in, in milliseconds. */
const TIMEOUT_MS = 60_000;

/** Asks the plug-in when there is nothing yet, when it has expired, and when the server refused what there is. */
export class ExecCredentials {
  readonly #exec: JsonRecord;
  readonly #command: string;
  readonly #server: string;
  #known: PluggedCredentials | undefined;

  /** @param exec The field `exec` of a user. */
  constructor(exec: JsonRecord, { server }: { server: string }) {
    this.#exec = exec;
    this.#command = asText(exec.command, "user.exec.command");
    this.#server = server;
  }

  /**
   * Returns credentials.
   * @throws {ConnectionError} If the plug-in cannot be run, fails or answers something else.
   */
  async read({ isRefused }: { isRefused: boolean }): Promise<PluggedCredentials> {
    if (this.#known !== undefined && !isRefused && this.#known.expiresAt > Date.now()) return this.#known;
    await this.#checkPermission();
    this.#known = parseCredentials(await this.#run(), this.#command);
    return this.#known;
  }

  async #checkPermission(): Promise<void> {
    const { state } = await Deno.permissions.query({ name: "run", command: this.#command });
    if (state === "granted") return;
    throw new ConnectionError(
      `Cannot run the kubeconfig's exec plug-in ${this.#command}: the permission --allow-run=${this.#command} is missing; ` +
        "grant it, or run kubectl proxy and set WATCHER_KUBE_URL=http://127.0.0.1:8001",
    );
  }

  async #run(): Promise<string> {
    try {
      const { success, code, stdout } = await new Deno.Command(this.#command, {
        args: asList(this.#exec.args, "user.exec.args").map(String),
        env: this.#environment(),
        stdin: "null",
        stdout: "piped",
        // What it has to say goes to whoever started the program, and not into messages that may hold a secret.
        stderr: "inherit",
        signal: AbortSignal.timeout(TIMEOUT_MS),
      }).output();
      if (success) return new TextDecoder().decode(stdout);
      throw new ConnectionError(`The kubeconfig's exec plug-in ${this.#command} failed with exit code ${code}`);
    } catch (cause) {
      if (cause instanceof ConnectionError) throw cause;
      const reason = cause instanceof Deno.errors.NotFound ? "there is no such program" : String(cause);
      throw new ConnectionError(`Cannot run the kubeconfig's exec plug-in ${this.#command}: ${reason}`, { cause });
    }
  }

  #environment(): Record<string, string> {
    const apiVersion = asOptionalText(this.#exec.apiVersion, "user.exec.apiVersion") ||
      "client.authentication.k8s.io/v1";
    const spec = { interactive: false, cluster: { server: this.#server } };
    const env: Record<string, string> = {
      KUBERNETES_EXEC_INFO: JSON.stringify({ kind: "ExecCredential", apiVersion, spec }),
    };
    for (const item of asList(this.#exec.env, "user.exec.env")) {
      const { name, value } = asRecord(item, "user.exec.env");
      env[asText(name, "user.exec.env.name")] = asOptionalText(value, "user.exec.env.value");
    }
    return env;
  }
}

function parseCredentials(text: string, command: string): PluggedCredentials {
  try {
    const status = asOptionalRecord(asRecord(JSON.parse(text), "answer").status, "status");
    const cert = asOptionalText(status.clientCertificateData, "status.clientCertificateData");
    const key = asOptionalText(status.clientKeyData, "status.clientKeyData");
    const token = asOptionalText(status.token, "status.token");
    const expiry = asOptionalText(status.expirationTimestamp, "status.expirationTimestamp");
    if (token === "" && cert === "") throw new Error("neither token nor certificate");
    return {
      token: token === "" ? undefined : token,
      client: cert === "" ? undefined : { cert, key },
      expiresAt: expiry === "" ? Infinity : Date.parse(expiry),
    };
  } catch {
    // The answer holds a secret, and the parser's message would quote it.
    throw new ConnectionError(
      `The kubeconfig's exec plug-in ${command} gave no ExecCredential with a token or a certificate`,
    );
  }
}
