import assert from "node:assert/strict";
import { join } from "node:path";
import { ConnectionError, type ConnectionOptions, resolveConnection } from "../../lib/pods/connection.ts";
import { ApiServer } from "../api_server/api_server.ts";

const { signal } = new AbortController();
const tlsUrl = (name: string) => new URL(`../fixtures/pods/tls/${name}`, import.meta.url);
const base64 = (text: string) => new TextEncoder().encode(text).toBase64();

/** A temporary folder with a kubeconfig in it. */
interface Laptop extends AsyncDisposable {
  readonly folder: string;
  readonly path: string;
}

/** Makes a kubeconfig; JSON is YAML too. */
async function laptop(entries: { cluster: object; user: object; name?: string }): Promise<Laptop> {
  const folder = await Deno.makeTempDir();
  const path = join(folder, "config");
  await Deno.writeTextFile(path, kubeconfig(entries));
  return { folder, path, [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }) };
}

function kubeconfig({ cluster, user, name = "here" }: { cluster: object; user: object; name?: string }): string {
  return JSON.stringify({
    "current-context": name,
    contexts: [{ name, context: { cluster: "c", user: "u" } }],
    clusters: [{ name: "c", cluster }],
    users: [{ name: "u", user }],
  });
}

async function ask(options: ConnectionOptions, times = 1): Promise<number> {
  using connection = await resolveConnection(options);
  let status = 0;
  for (let n = 0; n < times; n++) {
    const response = await connection.request("/api/v1/pods", { signal });
    await response.body?.cancel();
    status = response.status;
  }
  return status;
}

Deno.test("a kubeconfig's token and authority are used, as data and as files beside it", async () => {
  await using server = ApiServer.start({ tls: true, token: "t1" });
  const ca = ApiServer.caCert;
  const cases = [
    { cluster: { "certificate-authority-data": base64(ca) }, user: { token: "t1" } },
    { cluster: { "certificate-authority": "ca.crt" }, user: { tokenFile: "token" } },
  ];
  for (const { cluster, user } of cases) {
    await using home = await laptop({ cluster: { server: server.url, ...cluster }, user });
    await Deno.writeTextFile(join(home.folder, "ca.crt"), ca);
    await Deno.writeTextFile(join(home.folder, "token"), "t1\n");
    assert.equal(await ask({ kubeconfigPath: home.path, env: {} }), 200);
  }
});

Deno.test("a kubeconfig's client certificate is accepted by the TLS stack, as data and as files", async () => {
  await using server = ApiServer.start({ tls: true });
  const [cert, key] = ["client.crt", "client.key"].map((name) => Deno.readTextFileSync(tlsUrl(name)));
  const users = [
    { "client-certificate-data": base64(cert!), "client-key-data": base64(key!) },
    { "client-certificate": tlsUrl("client.crt").pathname, "client-key": tlsUrl("client.key").pathname },
  ];
  for (const user of users) {
    const cluster = { server: server.url, "certificate-authority-data": base64(ApiServer.caCert) };
    await using home = await laptop({ cluster, user });
    assert.equal(await ask({ kubeconfigPath: home.path, env: {} }), 200);
  }
});

Deno.test("a kubeconfig's data wins over a file, its token file over its token", async () => {
  await using server = ApiServer.start({ tls: true, token: "t1" });
  const cluster = { "certificate-authority-data": base64(ApiServer.caCert), "certificate-authority": "other-ca.crt" };
  const user = { token: "t0", tokenFile: "token" };
  await using home = await laptop({ cluster: { server: server.url, ...cluster }, user });
  await Deno.copyFile(tlsUrl("other-ca.crt"), join(home.folder, "other-ca.crt"));
  await Deno.writeTextFile(join(home.folder, "token"), "t1\n");
  assert.equal(await ask({ kubeconfigPath: home.path, env: {} }), 200);
});

Deno.test("a kubeconfig's token file is read again for every request", async () => {
  await using server = ApiServer.start({ token: "t1" });
  await using home = await laptop({ cluster: { server: server.url }, user: { tokenFile: "token" } });
  await Deno.writeTextFile(join(home.folder, "token"), "t1");
  using connection = await resolveConnection({ kubeconfigPath: home.path, env: {} });
  const send = async () => {
    const response = await connection.request("/api/v1/pods", { signal });
    await response.body?.cancel();
    return response.status;
  };
  assert.equal(await send(), 200);
  server.token = "t2";
  assert.equal(await send(), 401);
  await Deno.writeTextFile(join(home.folder, "token"), "t2");
  assert.equal(await send(), 200);
});

Deno.test("a kubeconfig's proxy-url is asked instead of the server", async () => {
  await using proxy = ApiServer.start();
  await using home = await laptop({ cluster: { server: "http://nowhere.invalid", "proxy-url": proxy.url }, user: {} });
  assert.equal(await ask({ kubeconfigPath: home.path, env: {} }), 200);
  assert.equal(proxy.requests.length, 1);
});

Deno.test("a broken entry and a context without cluster do not keep a kubeconfig's other entries from being used", async () => {
  await using server = ApiServer.start({ token: "t1" });
  await using home = await laptop({ cluster: { server: server.url }, user: { token: "t1" } });
  const file = JSON.parse(await Deno.readTextFile(home.path));
  file.clusters.unshift({ name: "broken", cluster: {} });
  file.contexts.unshift({ name: "empty", context: {} });
  file.users.unshift(null);
  await Deno.writeTextFile(home.path, JSON.stringify(file));
  assert.equal(await ask({ kubeconfigPath: home.path, env: {} }), 200);
});

Deno.test("a kubeconfig without a user is asked without credentials, its authority checked", async () => {
  await using server = ApiServer.start({ tls: true });
  const cluster = { server: server.url, "certificate-authority-data": base64(ApiServer.caCert) };
  await using home = await laptop({ cluster, user: {} });
  const text = await Deno.readTextFile(home.path);
  await Deno.writeTextFile(home.path, text.replace(',"user":"u"', ""));
  assert.equal(await ask({ kubeconfigPath: home.path, env: {} }), 200);
  assert.equal(server.requests[0]?.headers.get("authorization"), null);
});

Deno.test("a kubeconfig's user name and password are sent", async () => {
  await using server = ApiServer.start();
  await using home = await laptop({ cluster: { server: server.url }, user: { username: "joe", password: "päss" } });
  await ask({ kubeconfigPath: home.path, env: {} });
  assert.equal(server.requests[0]?.headers.get("authorization"), `Basic ${base64("joe:päss")}`);
});

Deno.test("a kubeconfig is found by KUBECONFIG, where the first of several files wins, and in the home folder", async () => {
  await using server = ApiServer.start();
  await using first = await laptop({ cluster: { server: server.url }, user: { token: "first" } });
  await using second = await laptop({ cluster: { server: "http://127.0.0.1:1" }, user: { token: "second" } });
  await ask({ env: { KUBECONFIG: `${first.path}:/nowhere/config:${second.path}`, HOME: "/nowhere" } });
  await Deno.mkdir(join(second.folder, ".kube"));
  await Deno.copyFile(first.path, join(second.folder, ".kube", "config"));
  await ask({ env: { HOME: second.folder } });
  assert.deepEqual(server.requests.map(({ headers }) => headers.get("authorization")), [
    "Bearer first",
    "Bearer first",
  ]);
});

Deno.test("a kubeconfig asked for by name wins over a service account", async () => {
  await using server = ApiServer.start();
  await using home = await laptop({ cluster: { server: server.url }, user: {} });
  await Deno.writeTextFile(join(home.folder, "token"), "t1");
  const env = { KUBERNETES_SERVICE_HOST: "127.0.0.1", KUBERNETES_SERVICE_PORT: "1" };
  assert.equal(await ask({ kubeconfigPath: home.path, serviceAccountPath: home.folder, env }), 200);
});

/** A plug-in that answers with its number of runs as token. */
const PLUGIN = `
  const counter = Deno.args[0];
  const runs = Number(await Deno.readTextFile(counter).catch(() => "0")) + 1;
  await Deno.writeTextFile(counter, String(runs));
  const { spec } = JSON.parse(Deno.env.get("KUBERNETES_EXEC_INFO"));
  const token = "run" + runs + Deno.env.get("SUFFIX") + (spec.cluster.server ? "" : "?");
  console.log(JSON.stringify({ kind: "ExecCredential", status: { token } }));
`;

Deno.test("a kubeconfig's plug-in is run once, and again when its token is refused", async () => {
  await using server = ApiServer.start({ token: "run1-x" });
  const folder = await Deno.makeTempDir();
  const script = join(folder, "plugin.js");
  await Deno.writeTextFile(script, PLUGIN);
  const exec = {
    apiVersion: "client.authentication.k8s.io/v1",
    command: Deno.execPath(),
    args: ["run", "-A", "--quiet", script, join(folder, "runs")],
    env: [{ name: "SUFFIX", value: "-x" }],
  };
  await using home = await laptop({ cluster: { server: server.url }, user: { exec } });
  using connection = await resolveConnection({ kubeconfigPath: home.path, env: {} });
  const send = async () => {
    const response = await connection.request("/api/v1/pods", { signal });
    await response.body?.cancel();
    return response.status;
  };
  assert.deepEqual([await send(), await send()], [200, 200]);
  server.token = "run2-x";
  assert.equal(await send(), 200);
  assert.equal(await Deno.readTextFile(join(folder, "runs")), "2");
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a kubeconfig's plug-in that fails or says nonsense is reported without what it said", async () => {
  await using server = ApiServer.start();
  const cases: [string, RegExp][] = [
    ["console.log('s3cr3t')", /gave no ExecCredential/],
    ['console.log(\'{"token":"s3cr3t"}\')', /gave no ExecCredential/],
    ['console.log(\'{"status":{"tokken":"s3cr3t"}}\')', /gave no ExecCredential/],
    ["console.log('s3cr3t'); console.error('s3cr3t'); Deno.exit(3)", /failed; run it by hand/],
  ];
  for (const [code, message] of cases) {
    const exec = { command: Deno.execPath(), args: ["eval", code] };
    await using home = await laptop({ cluster: { server: server.url }, user: { exec } });
    await assert.rejects(ask({ kubeconfigPath: home.path, env: {} }), (error) => {
      assert.ok(error instanceof ConnectionError);
      assert.match(error.message, message);
      assert.doesNotMatch(error.message, /s3cr3t/);
      return true;
    });
  }
  await using home = await laptop({ cluster: { server: server.url }, user: { exec: { command: "no-such-plugin" } } });
  await assert.rejects(
    ask({ kubeconfigPath: home.path, env: {} }),
    /no-such-plugin cannot be run: there is no such program/,
  );
});

Deno.test({
  name: "a kubeconfig's plug-in without permission to run names the missing flag",
  permissions: { run: false, read: true, write: true, net: true, env: true, sys: false, ffi: false },
  async fn() {
    await using server = ApiServer.start();
    await using home = await laptop({ cluster: { server: server.url }, user: { exec: { command: "aws" } } });
    await assert.rejects(ask({ kubeconfigPath: home.path, env: {} }), /permission --allow-run=aws is missing/);
  },
});

Deno.test("a kubeconfig that cannot be used is refused in clear words that hold no secret", async () => {
  const server = "https://127.0.0.1:1";
  const good = { cluster: { server }, user: { token: "s3cr3t" } };
  const cases: [string, RegExp][] = [
    [kubeconfig({ ...good, cluster: { server, "insecure-skip-tls-verify": true } }), /insecure-skip-tls-verify is not/],
    [kubeconfig({ ...good, cluster: { server, "tls-server-name": "x" } }), /tls-server-name is not supported/],
    [kubeconfig({ ...good, user: { "auth-provider": { name: "oidc" } } }), /auth-provider is not supported/],
    [kubeconfig({ ...good, cluster: {} }), /no usable entry "c" in clusters/],
    [kubeconfig({ ...good, cluster: { server: "ftp://x" } }), /no http or https URL/],
    [kubeconfig({ ...good, cluster: { server: "https://a:s3cr3t@b" } }), /without a password/],
    [
      kubeconfig({ ...good, cluster: { server, "certificate-authority-data": "%%" } }),
      /certificate-authority .*is no PEM/,
    ],
    [kubeconfig(good).replace('"current-context":"here",', ""), /no current-context/],
    [kubeconfig(good).replace('"cluster":"c"', '"cluster":"d"'), /no usable entry "d" in clusters/],
    [kubeconfig({ ...good, user: { token: ["s3cr3t"] } }), /a text at user.token, found a list/],
    ["token: s3cr3t: : [", /no YAML object/],
    ["s3cr3t", /an object at the top/],
    ["- s3cr3t", /an object at the top, found a list/],
    [kubeconfig({ ...good, user: { exec: { command: "x", env: "s3cr3t" } } }), /a list at user.exec.env/],
  ];
  for (const [text, message] of cases) {
    const folder = await Deno.makeTempDir();
    const kubeconfigPath = join(folder, "config");
    await Deno.writeTextFile(kubeconfigPath, text);
    await assert.rejects(ask({ kubeconfigPath, env: {} }), (error) => {
      assert.ok(error instanceof ConnectionError);
      assert.match(error.message, message);
      assert.doesNotMatch(error.message + String(error.cause ?? ""), /s3cr3t/);
      return true;
    });
    await Deno.remove(folder, { recursive: true });
  }
  await assert.rejects(
    resolveConnection({ kubeconfigPath: "/nowhere/config", env: {} }),
    /kubeconfig \/nowhere\/config: there is no such file/,
  );
});
