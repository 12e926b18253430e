import assert from "node:assert/strict";
import { join } from "node:path";
import { permissionFlags } from "../../lib/cli/permissions.ts";
import type { PageContainer, Trial } from "../../lib/page/page_content.ts";
import { materializeSampleNode } from "../../lib/sample/sample_node.ts";
import { ApiServer } from "../api_server/api_server.ts";
import { REAL_MAIN, runProgram } from "../cli/program.ts";
import { agentFolder, edit, PageProcess } from "./page_process.ts";

/** Runs the tests of one process. */
async function withPage(
  args: readonly string[],
  work: (page: PageProcess, t: Deno.TestContext) => Promise<void>,
  { t, env = {} }: { readonly t: Deno.TestContext; readonly env?: Readonly<Record<string, string>> },
): Promise<void> {
  await using page = await PageProcess.start(args, { env });
  await work(page, t);
}

function webPod(containers: readonly PageContainer[]): string {
  return containers.find(({ pod, container }) => pod.startsWith("web-7c9d8f6b5") && container === "app")!.podUid!;
}

Deno.test("preview --serve serves the sample node, its agents and their files, and nothing but to itself", async (t) => {
  const env = { WATCHER_SCALYR_API_KEY: "s3cret-key" };
  await withPage(["scalyr", "vector"], async (page, t) => {
    await t.step("the page comes with all its parts, from the server alone, under a strict policy", async () => {
      const response = await page.request("/");
      const html = await response.text();
      const policy = response.headers.get("content-security-policy")!;
      assert.match(policy, /^default-src 'none'; script-src 'self'; style-src 'self';/);
      assert.match(policy, /frame-ancestors 'none'.*require-trusted-types-for 'script'/);
      assert.equal(response.headers.get("x-content-type-options"), "nosniff");
      assert.equal(response.headers.get("referrer-policy"), "no-referrer");
      const parts = [...html.matchAll(/(?:src|href)="([^"#]+)"/g)].map(([, path]) => path!);
      assert.ok(parts.length >= 5, html);
      for (const path of parts) {
        assert.match(path, /^\/[\w.-]+$/, "no address of elsewhere");
        const part = await page.request(path);
        assert.equal(part.status, 200, path);
        assert.match(part.headers.get("content-type")!, /^(text\/(css|javascript); charset=utf-8|image\/svg\+xml)$/);
        assert.equal(part.headers.get("content-security-policy"), policy, path);
        await part.body?.cancel();
      }
    });

    await t.step("its state has the containers with reasons, and the agents", async () => {
      const state = await page.state();
      assert.equal(state.source, "the recorded sample node");
      assert.deepEqual(state.agents.map(({ name, files, links }) => [name, files, links]), [
        ["scalyr", 1, 8],
        ["vector", 8, 0],
      ]);
      const states = Map.groupBy(state.containers, (one) => one.state);
      assert.equal(states.get("collected")?.length, 8);
      assert.match(states.get("not-followed")![0]!.reason, /namespaces of a pod|Kubernetes did not start it/);
    });

    await t.step("files are those that preview prints, with *** for every secret", async () => {
      const { out } = await runProgram(["preview", "scalyr", "--output", "json"], { main: REAL_MAIN, env });
      const [agent] = JSON.parse(out).agents;
      const files = await page.get("/api/files?agent=scalyr");
      assert.deepEqual(
        files.map(({ path }: { path: string }) => path),
        agent.files.map(({ path }: { path: string }) => path),
      );
      const file = agent.files.find(({ kind }: { kind: string }) => kind === "file");
      const { text } = await page.get(`/api/contents?agent=scalyr&path=${encodeURIComponent(file.path)}`);
      assert.equal(text, file.contents);
      assert.match(text, /"api_key": "\*\*\*"/);
      const all = JSON.stringify([await page.state(), files, text]);
      assert.doesNotMatch(all, /s3cret|secret-[0-9a-f]{8}/);
    });

    await t.step("a container is told as explain tells it", async () => {
      const { containers } = await page.state();
      const [first] = containers;
      const details = await page.get(`/api/container?key=${encodeURIComponent(first!.key)}`);
      assert.equal(details.state, "collected");
      assert.match(details.log, /^\/var\/l/);
      assert.deepEqual(details.agents.map(({ name, result }: { name: string; result: string }) => [name, result]), [
        ["scalyr", "configured"],
        ["vector", "configured"],
      ]);
      assert.match(details.agents[0].entries[0].text, /parser|path/);
    });

    await t.step("what another site could send is refused", async () => {
      const { port } = new URL(page.url);
      const rows: [RequestInit & { path?: string }, number, RegExp][] = [
        [{ headers: { host: `attacker.example:${port}` } }, 403, /as localhost or 127\.0\.0\.1/],
        [{ headers: { origin: "http://attacker.example" } }, 403, /nobody but itself/],
        [{ headers: { origin: "null" } }, 403, /nobody but itself/],
        [{ headers: { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" } }, 403, /another site/],
        [{ path: "/api/try", method: "POST", body: "{}" }, 415, /must be JSON/],
        [
          { path: "/api/try", method: "POST", headers: { "content-type": "application/x-www-form-urlencoded" } },
          415,
          /JSON/,
        ],
      ];
      for (const [{ path = "/api/state", ...init }, status, why] of rows) {
        const [code, text] = await rawRequest(page.url, path, init);
        assert.equal(code, status, JSON.stringify(init));
        assert.match(text, why);
      }
      for (const host of [`localhost:${port}`, `[::1]:${port}`, "127.0.0.1:9999"]) {
        const [code] = await rawRequest(page.url, "/api/state", { headers: { host } });
        assert.equal(code, 200, `${host}: behind a forwarded port it is another`);
      }
    });

    await t.step("what is not there is 404, what is not taken is 405, and both say so", async () => {
      const rows: [string, string, number, RegExp][] = [
        ["GET", "/nothing", 404, /There is no \\?"\/nothing/],
        ["GET", "/..%2f..%2fdeno.json", 404, /There is no/],
        ["GET", "/api/files?agent=none", 404, /no agent \\"none/],
        ["GET", "/api/contents?agent=vector&path=/etc/passwd", 404, /has no file \\"\/etc\/passwd/],
        ["GET", "/api/container?key=x", 404, /no container/],
        ["GET", "/api/pod?uid=x", 404, /no pod/],
        ["DELETE", "/api/state", 405, /takes GET only/],
        ["HEAD", "/api/events", 405, /^$/],
        ["POST", "/", 415, /must be JSON/],
        ["GET", "/api/try", 405, /POST only/],
      ];
      for (const [method, path, status, why] of rows) {
        const response = await page.request(path, { method });
        assert.equal(response.status, status, path);
        assert.match(await response.text(), why);
      }
    });

    await t.step("an edit that is none is refused with what is wrong", async () => {
      const uid = webPod((await page.state()).containers);
      const rows: [unknown, number, RegExp][] = [
        [[], 400, /an object \{uid, labels, annotations\}, found a list/],
        [{ uid: 5 }, 400, /uid must be a text, found a value of the type number/],
        [{ uid, labels: {} }, 400, /annotations must be an object of texts, found nothing/],
        [{ uid, labels: { a: 1 }, annotations: {} }, 400, /labels\["a"\] must be a text/],
        [{ uid, labels: {}, annotations: {}, image: "x" }, 400, /Unknown field "image"/],
        [{ uid: "x", labels: {}, annotations: {} }, 404, /no pod/],
        [{ uid, labels: { a: "x".repeat(3_000_000) }, annotations: {} }, 413, /may have/],
      ];
      for (const [value, status, why] of rows) {
        const response = await page.post("/api/try", value);
        assert.equal(response.status, status, JSON.stringify(value).slice(0, 100));
        assert.match((await response.json()).error, why);
      }
      const response = await page.request("/api/try", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: "{",
      });
      assert.equal(response.status, 400);
      assert.match((await response.json()).error, /no JSON/);
    });

    await t.step(
      "edited labels and annotations change what is rendered, beside what is wrong with them; the node stays as it is",
      async () => {
        const before = await page.state();
        const uid = webPod(before.containers);
        const pod = await page.get(`/api/pod?uid=${uid}`);
        assert.equal(pod.labels.application, "web");
        const labels = { ...pod.labels, application: "shop-front", "bad key": "x" };
        const annotations = { ...pod.annotations, "kubernetes-log-watcher/sampling-rules": "[" };
        const trial: Trial = await (await page.post("/api/try", { uid, labels, annotations })).json();
        const vector = trial.agents.find(({ name }) => name === "vector")!;
        assert.equal(vector.files.length, 2, "one file for each of the pod's containers");
        assert.match(vector.files[0]!.diff, /^\+.*shop-front/m);
        assert.match(vector.files[0]!.contents!, /shop-front/);
        const fields = trial.fields.map(({ field, key, text }) => `${field} ${key}: ${text}`).join("\n");
        assert.match(fields, /^labels bad key: Kubernetes does not take it: the name of a key/m);
        assert.match(fields, /^annotations kubernetes-log-watcher\/sampling-rules: .*expected/m);
        const none: Trial = await (await page.post("/api/try", { ...pod, ...only(pod) })).json();
        assert.deepEqual(none.agents.map(({ files }) => files.length), [0, 0]);
        assert.deepEqual(await page.state(), before);
      },
    );

    await t.step("an annotation that excludes a container excludes it in the trial", async () => {
      const uid = webPod((await page.state()).containers);
      const annotations = { "kubernetes-log-watcher/exclude": "true" };
      const trial: Trial = await (await page.post("/api/try", { uid, labels: {}, annotations })).json();
      assert.deepEqual(trial.containers.map(({ state }) => state), ["excluded", "excluded"]);
      assert.match(trial.containers[0]!.reason, /kubernetes-log-watcher\/exclude/);
      const vector = trial.agents.find(({ name }) => name === "vector")!;
      assert.deepEqual(vector.files.map(({ change }) => change), ["removed", "removed"]);
    });
  }, { t, env });
});

function only({ uid, labels, annotations }: { uid: string; labels: unknown; annotations: unknown }) {
  return { uid, labels, annotations, name: undefined, namespace: undefined };
}

/** Sends a request with headers that fetch keeps for itself. */
async function rawRequest(
  url: string,
  path: string,
  { method = "GET", headers = {}, body = "" }: RequestInit,
): Promise<[status: number, text: string]> {
  const { hostname, port, host } = new URL(url);
  using connection = await Deno.connect({ hostname, port: Number(port) });
  const all = {
    host,
    connection: "close",
    "content-length": String(String(body).length),
    ...headers as Record<string, string>,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  await connection.write(new TextEncoder().encode(`${method} ${path} HTTP/1.1\r\n${lines.join("")}\r\n${body}`));
  const text = await new Response(connection.readable).text();
  return [Number(text.split(" ")[1]), text];
}

Deno.test("each save of an agent's folder is told to the open page: what changes, or what is wrong at which line", async (t) => {
  await using folder = await agentFolder();
  const template = join(folder.agent, "input.yaml.eta");
  const context = join(folder.agent, "context.ts");
  const [goodTemplate, goodContext] = [await Deno.readTextFile(template), await Deno.readTextFile(context)];
  await withPage(["my-shipper", "symlinker", "--agents-path", folder.path], async (page, t) => {
    const agent = async () => (await page.state()).agents.find(({ name }) => name === "my-shipper")!;

    await t.step("a changed template comes as a diff of the files, against those before the save", async () => {
      const save = await page.saved(() => edit(template, (text) => text.replace("envelope:", "wrapping:")));
      assert.deepEqual(save.failing, []);
      assert.deepEqual(save.agents.map(({ name, files }) => [name, files.length]), [["my-shipper", 8]]);
      assert.match(save.agents[0]!.files[0]!.diff, /^- {2}envelope: .*\n\+ {2}wrapping: /m);
      assert.deepEqual((await page.state()).save, save);
    });

    await t.step("a mistake in a template is shown with its line and those around it", async () => {
      const save = await page.saved(() => edit(template, (text) => text + "  more: <%= it.nope %>\n"));
      assert.deepEqual([save.failing, save.agents], [["my-shipper"], []]);
      const [refused] = (await agent()).refused;
      assert.match(refused!.message, /Value undefined cannot be written: it is missing$/);
      assert.equal(refused!.count, 8);
      const { file, line, excerpt } = refused!.place!;
      assert.deepEqual([file, line], ["input.yaml.eta", 9]);
      assert.equal(excerpt!.lines[line - excerpt!.first], "  more: <%= it.nope %>");
    });

    await t.step("mended, it is compared with what was good last", async () => {
      const save = await page.saved(() => edit(template, () => goodTemplate));
      assert.match(save.agents[0]!.files[0]!.diff, /^- {2}wrapping: .*\n\+ {2}envelope: /m);
    });

    await t.step("a mistake in context.ts is shown with line and column, and the files stay", async () => {
      const save = await page.saved(() =>
        edit(context, (text) => text.replace("id: target.id,", "id: target.gone.id,"))
      );
      assert.deepEqual(save.failing, ["my-shipper"]);
      const { place } = (await agent()).refused[0]!;
      assert.equal(place!.file, "context.ts");
      assert.equal(place!.excerpt!.lines[place!.line - place!.excerpt!.first]!.slice(place!.column! - 1), "id,");
      await page.saved(() => edit(context, () => "const broken = ;\n"));
      const broken = await agent();
      assert.deepEqual([broken.error!.place!.file, broken.error!.place!.line], ["context.ts", 1]);
      assert.equal((await page.state()).agents.find(({ name }) => name === "symlinker")!.error, undefined);
    });

    await t.step("a setting that is new is taken with its sample", async () => {
      const setting =
        `  extra: { env: "WATCHER_MY_SHIPPER_EXTRA", type: "string", required: true, help: "Extra", sample: "more" },`;
      const save = await page.saved(() =>
        edit(context, () => goodContext.replace("const settings = {", `const settings = {\n${setting}`))
      );
      assert.deepEqual(save.failing, []);
      assert.ok((await page.state()).notes.includes("WATCHER_MY_SHIPPER_EXTRA=more"));
    });

    await t.step("the node can be looked at again by hand", async () => {
      const save = await page.saved(async () => (await page.post("/api/look", {})).body?.cancel());
      assert.deepEqual([save.agents, save.failing], [[], []]);
    });

    await t.step("it ends at SIGTERM while pages are open, with exit code 0", async () => {
      const open = await page.request("/api/events");
      const { code, said } = await page.end();
      assert.equal(code, 0, said);
      await open.body!.cancel().catch(() => {});
      assert.match(said, /^Waiting for saves in .*my-shipper.*; Ctrl-C ends it$/m);
    });
  }, { t });
});

Deno.test("a page of an agent that is broken when it is opened shows why, and the agent once it is mended", async () => {
  await using folder = await agentFolder();
  const context = join(folder.agent, "context.ts");
  const good = await Deno.readTextFile(context);
  await edit(context, () => "const broken = ;\n");
  await using page = await PageProcess.start(["my-shipper", "--agents-path", folder.path]);
  const [broken] = (await page.state()).agents;
  assert.deepEqual([broken!.name, broken!.files, broken!.error!.place!.line], ["my-shipper", 0, 1]);
  const save = await page.saved(() => edit(context, () => good));
  assert.deepEqual(save.failing, []);
  const [mended] = (await page.state()).agents;
  assert.deepEqual([mended!.files, mended!.error], [8, undefined]);
});

Deno.test("a saved configuration file is applied to the page, and one that is wrong is refused with what was there before", async () => {
  await using folder = await agentFolder();
  const config = join(folder.path, "watcher.yaml");
  await Deno.writeTextFile(config, "exclude:\n  - namespaces: [nowhere]\n");
  await using page = await PageProcess.start(["symlinker", "--config", config]);
  const collected = async () => (await page.state()).containers.filter(({ state }) => state === "collected").length;
  assert.equal(await collected(), 8);
  const save = await page.saved(() => edit(config, (text) => text.replace("nowhere", "shop")));
  assert.ok(save.agents[0]!.files.every(({ change }) => change === "removed"));
  assert.equal(await collected(), 2);
  await page.saved(() => edit(config, (text) => text.replace("exclude", "exlude")));
  const { error } = await page.state();
  assert.match(error!.message, /watcher\.yaml:1:1.*did you mean exclude/);
  assert.equal(await collected(), 2);
  assert.equal((await page.end("SIGINT")).code, 0);
});

Deno.test("preview --serve works from a snapshot", async () => {
  await using folder = await agentFolder();
  const pods = join(folder.path, "pods");
  await Deno.mkdir(join(pods, "shop_web-1_3cbebc25-6c5b-4e49-849e-33fc881a0458/app"), { recursive: true });
  await Deno.writeTextFile(join(pods, "shop_web-1_3cbebc25-6c5b-4e49-849e-33fc881a0458/app/0.log"), "");
  const env = { WATCHER_POD_LOGS_PATH: pods, WATCHER_CONTAINERS_PATH: join(folder.path, "none") };
  const { out, err } = await runProgram(["snapshot", "--agents", "symlinker", "--symlink-dir", "/links"], {
    main: REAL_MAIN,
    env,
  });
  const file = join(folder.path, "node.json");
  await Deno.writeTextFile(file, out);
  await using page = await PageProcess.start(["vector", "--snapshot", file]);
  const { source, containers, agents } = await page.state();
  assert.equal(source, "a recorded node", err);
  assert.deepEqual(containers.map(({ pod, container }) => [pod, container]), [["web-1", "app"]]);
  assert.equal(agents[0]!.files, 1);
});

Deno.test("preview --serve without the permission to listen names it", async () => {
  const flags = permissionFlags(Deno.execPath()).filter((flag) => flag !== "--allow-net");
  const { code, err } = await runProgram(["preview", "symlinker", "--serve"], { main: REAL_MAIN, flags });
  assert.equal(code, 1);
  assert.match(err, /^error: Missing --allow-net: to open port 7380 of 127\.0\.0\.1 for the page; .*suffices/m);
});

Deno.test("preview --serve refuses what does not go with it, and a port that is taken", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const rows: [string[], RegExp][] = [
    [["--serve", "--diff"], /--serve shows a page and prints nothing: leave --diff out/],
    [["--serve", "--watch"], /leave --watch out/],
    [["--port", "7000"], /--port is that of the page: it needs --serve/],
    [["--serve", "--port", "x"], /--port is "x", expected a port from 1 to 65535, or 0/],
    [
      ["--serve", "--port", `${listener.addr.port}`],
      /Cannot open port \d+ of 127\.0\.0\.1 for the page: .*choose another with --port/,
    ],
  ];
  for (const [args, why] of rows) {
    const { code, err } = await runProgram(["preview", "symlinker", ...args], { main: REAL_MAIN });
    assert.equal(code, 2, err);
    assert.match(err, why);
  }
});

Deno.test("preview --serve shows a real node with the pods of its API, and what became of it when asked again", async () => {
  await using resources = new AsyncDisposableStack();
  const folder = await Deno.realPath(await Deno.makeTempDir());
  resources.defer(() => Deno.remove(folder, { recursive: true }));
  const node = await materializeSampleNode(folder);
  const server = resources.use(ApiServer.start());
  for (const pod of node.pods) server.pods.put({ ...pod, metadata: { ...pod.metadata }, spec: { ...pod.spec } });
  const env = {
    WATCHER_CONTAINERS_PATH: node.containersPath,
    WATCHER_POD_LOGS_PATH: node.podLogsPath,
    WATCHER_CONTAINER_LINKS_PATH: node.containerLinksPath,
    WATCHER_KUBE_URL: server.url,
    CLUSTER_NODE_NAME: node.nodeName,
  };
  const page = resources.use(await PageProcess.start(["vector"], { env }));
  const { source, containers } = await page.state();
  assert.ok(source.includes(node.podLogsPath), source);
  const uid = webPod(containers);
  assert.equal((await page.get(`/api/pod?uid=${uid}`)).labels.application, "web");
  const [gone] = await Array.fromAsync(Deno.readDir(node.podLogsPath));
  await Deno.remove(join(node.podLogsPath, gone!.name), { recursive: true });
  const save = await page.saved(async () => (await page.post("/api/look", {})).body?.cancel());
  assert.ok(save.agents[0]!.files.every(({ change }) => change === "removed"));
  assert.ok((await page.state()).containers.length < containers.length);
});
