import assert from "node:assert/strict";
import { join } from "node:path";
import { ApiUnreachableError } from "../../lib/pods/api_client.ts";
import { ConnectionError, type ConnectionOptions, resolveConnection } from "../../lib/pods/connection.ts";
import { ApiServer } from "../api_server/api_server.ts";
import { runInformer } from "./informer_fixture.ts";

const { signal } = new AbortController();
const LIST = "/api/v1/pods?resourceVersion=0";
const tlsFile = (name: string) => Deno.readTextFileSync(new URL(`../fixtures/pods/tls/${name}`, import.meta.url));

interface ServiceAccount extends AsyncDisposable {
  readonly path: string;
  readonly options: ConnectionOptions;
}

/** Makes a service account as the kubelet mounts it. */
async function serviceAccount(server: ApiServer, { token = "t1", host = "127.0.0.1" } = {}): Promise<ServiceAccount> {
  const path = await Deno.makeTempDir();
  await Deno.writeTextFile(join(path, "token"), token + "\n");
  await Deno.writeTextFile(join(path, "ca.crt"), ApiServer.caCert);
  const env = { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: String(server.port) };
  const options = { serviceAccountPath: path, env };
  return { path, options, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

async function status(connection: { request(path: string, options: { signal: AbortSignal }): Promise<Response> }) {
  const response = await connection.request(LIST, { signal });
  await response.body?.cancel();
  return response.status;
}

const tokensOf = (server: ApiServer) => server.requests.map(({ headers }) => headers.get("authorization"));

Deno.test("a proxy's URL is asked plainly, its path kept, and no service account is used", async () => {
  await using server = ApiServer.start({ pathPrefix: "/clusters/one" });
  await using account = await serviceAccount(server);
  for (const kubeUrl of [server.url, server.url + "/"]) {
    using connection = await resolveConnection({ ...account.options, kubeUrl });
    assert.equal(await status(connection), 200);
    assert.equal(connection.description, `${server.url} (WATCHER_KUBE_URL)`);
  }
  assert.deepEqual(tokensOf(server), [null, null]);
  assert.deepEqual(server.requests.map(({ path }) => path), Array(2).fill("/clusters/one/api/v1/pods"));
});

Deno.test("a proxy's URL that cannot be used is refused without showing a password", async () => {
  const cases: [string, RegExp][] = [
    ["127.0.0.1:8001", /no http or https URL: 127.0.0.1:8001; set it to something like/],
    ["ftp://proxy", /no http or https URL/],
    ["http://joe:s3cr3t@proxy", /must not hold a user name or password/],
    ["ftp://joe:s3cr3t@proxy", /no http or https URL: \*\*\*@proxy/],
    ["http://proxy/?token=s3cr3t", /without \? and #/],
  ];
  for (const [kubeUrl, message] of cases) {
    await assert.rejects(resolveConnection({ kubeUrl, env: {} }), (error) => {
      assert.ok(error instanceof ConnectionError);
      assert.match(error.message, message);
      assert.doesNotMatch(error.message, /s3cr3t/);
      return true;
    });
  }
});

Deno.test("a pod asks with its service account's token over TLS checked by the cluster's authority", async () => {
  await using server = ApiServer.start({ tls: true, token: "t1" });
  await using account = await serviceAccount(server);
  using connection = await resolveConnection(account.options);
  assert.equal(await status(connection), 200);
  assert.match(connection.description, /^https:\/\/127\.0\.0\.1:\d+ \(service account /);
});

Deno.test("a pod reaches an API server that has an IPv6 address", async () => {
  await using server = ApiServer.start({ tls: true, hostname: "::1", token: "t1" });
  await using account = await serviceAccount(server, { host: "::1" });
  using connection = await resolveConnection(account.options);
  assert.equal(await status(connection), 200);
});

Deno.test("a rotated token is used with the next request", async () => {
  await using server = ApiServer.start({ tls: true });
  await using account = await serviceAccount(server);
  using connection = await resolveConnection(account.options);
  await status(connection);
  await Deno.writeTextFile(join(account.path, "token"), "t2");
  await status(connection);
  assert.deepEqual(tokensOf(server), ["Bearer t1", "Bearer t2"]);
});

Deno.test("a refused token is read again at once, and the request repeated only if it has changed", async () => {
  await using server = ApiServer.start({ tls: true, token: "t2" });
  await using account = await serviceAccount(server);
  using connection = await resolveConnection(account.options);
  assert.equal(await status(connection), 401);
  assert.equal(server.requests.length, 1);
});

Deno.test("informer goes on with the new token when the server no longer takes the old one", async () => {
  await using server = ApiServer.start({ tls: true, token: "t1" });
  await using account = await serviceAccount(server);
  const connection = await resolveConnection(account.options);
  await using running = await runInformer(server, { connection });
  await running.clock.scheduled(330_000);
  server.token = "t2";
  running.clock.advance(10_000);
  server.endWatches();
  await running.clock.scheduled(500);
  assert.match(running.lines.join(""), /401.*the token or client certificate is not valid/);
  assert.doesNotMatch(running.lines.join(""), /Bearer|t1\b/);
  await Deno.writeTextFile(join(account.path, "token"), "t2");
  running.clock.advance(500);
  await running.clock.scheduled(330_000);
  assert.equal(server.count("list"), 1);
});

Deno.test("a rotated authority is used with the next request, and one that did not sign is refused in clear words", async () => {
  await using server = ApiServer.start({ tls: true, token: "t1" });
  await using account = await serviceAccount(server);
  await Deno.writeTextFile(join(account.path, "ca.crt"), tlsFile("other-ca.crt"));
  using connection = await resolveConnection(account.options);
  await assert.rejects(status(connection), (error) => {
    assert.ok(error instanceof ApiUnreachableError);
    assert.match(error.message, /Cannot reach the Kubernetes API at https:.*: .*certificate/i);
    assert.doesNotMatch(error.message + String(error.cause), /Bearer|t1\b/);
    return true;
  });
  await Deno.writeTextFile(join(account.path, "ca.crt"), ApiServer.caCert);
  assert.equal(await status(connection), 200);
});

Deno.test("a token file that is away for a moment does not disturb", async () => {
  await using server = ApiServer.start({ tls: true, token: "t1" });
  await using account = await serviceAccount(server);
  using connection = await resolveConnection(account.options);
  await status(connection);
  await Deno.remove(join(account.path, "token"));
  assert.equal(await status(connection), 200);
});

Deno.test("a missing authority is named", async () => {
  await using server = ApiServer.start({ tls: true, token: "t1" });
  await using account = await serviceAccount(server);
  await Deno.remove(join(account.path, "ca.crt"));
  using connection = await resolveConnection(account.options);
  await assert.rejects(
    status(connection),
    /Cannot read the cluster's certificate authority from .*ca.crt: there is no/,
  );
});

Deno.test("without any way to the API the error says what was tried and what to set", async () => {
  const folder = await Deno.makeTempDir();
  const env = { KUBERNETES_SERVICE_HOST: "10.0.0.1", KUBERNETES_SERVICE_PORT: "443", HOME: folder };
  await assert.rejects(resolveConnection({ serviceAccountPath: folder, env }), (error) => {
    assert.ok(error instanceof ConnectionError);
    assert.match(error.message, /Tried: WATCHER_KUBE_URL \(not set\); .*there is no .*token.*none at .*\.kube\/config/);
    assert.match(error.message, /Set WATCHER_KUBE_URL, run in a pod/);
    return true;
  });
  await assert.rejects(resolveConnection({ env: {} }), /KUBERNETES_SERVICE_HOST and .*are not set.*KUBECONFIG or HOME/);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a server that is not there is reported with its address, and a closed connection refuses", async () => {
  const server = ApiServer.start();
  const connection = await resolveConnection({ kubeUrl: server.url, env: {} });
  await server.stop();
  await assert.rejects(
    status(connection),
    /Cannot reach the Kubernetes API at http:\/\/127.*WATCHER_KUBE_URL\): .*refused/i,
  );
  connection.close();
  await assert.rejects(status(connection), /is closed/);
});

interface Module {
  readonly specifier: string;
  readonly dependencies?: readonly { code?: { specifier?: string }; isDynamic?: boolean }[];
}

Deno.test("the program loads the Kubernetes library from the reader of kubeconfig files only, and that only when asked", async () => {
  const main = new URL("../../main.ts", import.meta.url);
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json", main.pathname] }).output();
  const { modules } = JSON.parse(new TextDecoder().decode(stdout)) as { modules: Module[] };
  const importers = (ending: RegExp) =>
    modules.flatMap(({ specifier, dependencies = [] }) =>
      dependencies.filter(({ code }) => ending.test(code?.specifier ?? ""))
        .map(({ isDynamic }) => `${specifier.replace(/^.*\/lib\//, "")}${isDynamic ? " when asked" : ""}`)
    ).sort();
  assert.deepEqual(importers(/@kubernetes\/client-node/), ["pods/kubeconfig.ts", "pods/kubeconfig_file.ts"]);
  assert.deepEqual(importers(/pods\/kubeconfig_(file|exec)\.ts$/), ["pods/kubeconfig.ts", "pods/kubeconfig.ts"]);
  assert.deepEqual(importers(/pods\/kubeconfig\.ts$/), ["pods/connection.ts when asked"]);
});

Deno.test("a pod and a proxy's URL work where the Kubernetes library cannot be loaded", async () => {
  await using server = ApiServer.start({ tls: true });
  await using account = await serviceAccount(server);
  const imports = { "@kubernetes/client-node": "./not_there.js", "yaml": "./not_there.js" };
  await Deno.writeTextFile(join(account.path, "deno.json"), JSON.stringify({ imports }));
  const script = `
    import { resolveConnection } from "${new URL("../../lib/pods/connection.ts", import.meta.url)}";
    const { accountOptions, kubeUrl } = ${JSON.stringify({ accountOptions: account.options, kubeUrl: "http://x" })};
    using pod = await resolveConnection(accountOptions);
    console.log((await pod.request("${LIST}", { signal: AbortSignal.timeout(10_000) })).status);
    using proxy = await resolveConnection({ kubeUrl, env: {} });
    console.log(proxy.description);
    await resolveConnection({ kubeconfigPath: "${account.path}/deno.json", env: {} });
  `;
  await Deno.writeTextFile(join(account.path, "main.ts"), script);
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--no-lock", "--allow-read", "--allow-net", join(account.path, "main.ts")],
  }).output();
  assert.equal(new TextDecoder().decode(stdout), "200\nhttp://x (WATCHER_KUBE_URL)\n");
  assert.match(new TextDecoder().decode(stderr), /not_there/, "a kubeconfig would load it");
});
