import assert from "node:assert/strict";
import { CORE_SETTINGS, coreSettings } from "../../lib/config/core_settings.ts";
import { ConfigError, resolveConfig, type ResolveInput } from "../../lib/config/resolve.ts";
import { settingsTableMarkdown } from "../../lib/config/settings_table.ts";
import { describeAgent, EXAMPLE } from "./example_agent.ts";

const LINKS = describeAgent("links", {
  dir: { env: "WATCHER_LINKS_DIR", type: "directory", help: "Folder", required: true },
});
const ENV = { WATCHER_AGENTS: "links", WATCHER_LINKS_DIR: "/links" };

interface Options extends Partial<Omit<ResolveInput, "given">> {
  readonly env?: Record<string, string>;
  readonly flags?: Record<string, string>;
}

function resolve({ env = {}, flags = {}, ...rest }: Options) {
  const input: ResolveInput = {
    described: [LINKS],
    knownAgentNames: ["links", "example", "scalyr"],
    readTextFile: () => Promise.reject(new Error("not read")),
    workingFolder: "/home/me/here",
    hasServiceAccount: false,
    ...rest,
    given: { env: { ...ENV, ...env }, flags: new Map(Object.entries(flags)) },
  };
  return resolveConfig(input);
}

async function problemsOf(options: Options): Promise<readonly string[]> {
  try {
    await resolve(options);
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.problems;
  }
  assert.fail("The settings were taken");
}

Deno.test("a configuration has the documented defaults", async () => {
  const { config, warnings } = await resolve({});
  const { agents, ...rest } = config;
  assert.deepEqual(agents.map(({ description, settings }) => [description.name, settings]), [["links", {
    dir: "/links",
  }]]);
  assert.deepEqual(rest, {
    containersPath: "/var/lib/docker/containers",
    podLogsPath: "/var/log/pods",
    containerLinksPath: "/var/log/containers",
    requiredLabels: [],
    annotationsFrom: [],
    attributeLabels: [],
    attributeAnnotations: [],
    node: { name: "", clusterId: "", clusterEnvironment: "production", clusterAlias: "none" },
    api: { kind: "none", reason: "there is neither a service account nor --kube-url nor --kubeconfig" },
    intervalMs: 60_000,
    gracePeriodMs: 300_000,
    podWaitMs: 3_000,
    hasEvents: false,
    isDebug: false,
    logLevel: "info",
    logFormat: "text",
    agentsPath: [],
    checkPath: ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"],
    metricsPort: undefined,
    statePath: undefined,
    configPath: undefined,
    rules: { constraints: [], hints: [], scalyrSampling: [] },
  });
  assert.deepEqual(warnings, []);
});

Deno.test("every setting is taken from its variable and from its flag, and the flag wins", async () => {
  const rows: [
    keyof typeof CORE_SETTINGS,
    string,
    string,
    (config: Awaited<ReturnType<typeof resolve>>["config"]) => unknown,
    unknown,
    unknown,
  ][] = [
    ["containersPath", "/a", "/b/", (c) => c.containersPath, "/a", "/b"],
    ["podLogsPath", "/a", "/b/", (c) => c.podLogsPath, "/a", "/b"],
    ["containerLinksPath", "/a", "/b/", (c) => c.containerLinksPath, "/a", "/b"],
    ["strictLabels", "true", "team", (c) => c.requiredLabels, ["application", "version"], ["team"]],
    ["checkPath", "/a", "/b:c", (c) => c.checkPath, ["/a"], ["/b", "/home/me/here/c"]],
    ["clusterId", "a", "b", (c) => c.node.clusterId, "a", "b"],
    ["interval", "0.5", "2", (c) => c.intervalMs, 500, 2000],
    ["debug", "on", "no", (c) => c.isDebug, true, false],
    ["logLevel", "WARN", "error", (c) => c.logLevel, "warn", "error"],
    ["events", "true", "no", (c) => c.hasEvents, true, false],
    ["logFormat", "JSON", "text", (c) => c.logFormat, "json", "text"],
    ["gracePeriod", "0", "1.5", (c) => c.gracePeriodMs, 0, 1500],
    ["podWait", "0", "1.5", (c) => c.podWaitMs, 0, 1500],
    ["agentsPath", "/a:x", "y", (c) => c.agentsPath, ["/a", "/home/me/here/x"], ["/home/me/here/y"]],
    ["statePath", "/a", "/b", (c) => c.statePath, "/a", "/b"],
    ["nodeName", "a", "b", (c) => c.node.name, "a", "b"],
    ["clusterEnvironment", "a", "b", (c) => c.node.clusterEnvironment, "a", "b"],
    ["clusterAlias", "a", "b", (c) => c.node.clusterAlias, "a", "b"],
  ];
  for (const [key, variable, flag, read, byVariable, byFlag] of rows) {
    const { env, flag: name } = CORE_SETTINGS[key];
    assert.deepEqual(read((await resolve({ env: { [env]: variable } })).config), byVariable, env);
    assert.deepEqual(read((await resolve({ env: { [env]: variable }, flags: { [name]: flag } })).config), byFlag, name);
    assert.deepEqual(
      read((await resolve({ env: { [env]: "" } })).config),
      read((await resolve({})).config),
      `${env} empty`,
    );
  }
});

Deno.test("all errors of settings are reported together", async () => {
  const problems = await problemsOf({
    env: {
      WATCHER_AGENTS: "links,scalry",
      WATCHER_LINKS_DIR: "",
      WATCHER_INTERVAL: "abc",
      WATCHER_DEBUG: "maybe",
      WATCHER_CONTAINERS_PATH: "docker",
      WATCHER_KUBE_URL: "http://user:word@proxy",
    },
    flags: { "grace-period": "-1" },
  });
  const patterns = [
    /^WATCHER_CONTAINERS_PATH is "docker", expected an absolute path/,
    /^WATCHER_KUBE_URL is "http:\/\/\*\*\*@proxy", expected an address/,
    /^WATCHER_INTERVAL is "abc", expected seconds as a number above 0/,
    /^WATCHER_DEBUG is "maybe", expected true, false, 1, 0, yes, no, on or off$/,
    /^--grace-period is "-1", expected seconds as a number from 0/,
    /^WATCHER_LINKS_DIR is required by agent links/,
    /^Agent "scalry" is not known; did you mean scalyr\? \(known agents: example, links, scalyr;/,
  ];
  assert.equal(problems.length, patterns.length, problems.join("\n"));
  for (const [index, pattern] of patterns.entries()) assert.match(problems[index]!, pattern);
});

Deno.test("a missing setting is reported with the variables that nobody knows: it may be mistyped", async () => {
  await assert.rejects(
    resolve({ env: { WATCHER_LINKS_DIR: "", WATCHER_LINKS_DIRS: "/x" } }),
    /^ConfigError: WATCHER_LINKS_DIR is required .*\nwarning: .*WATCHER_LINKS_DIRS is not known .*did you mean WATCHER_LINKS_DIR\?$/,
  );
});

Deno.test("an agent's place must not lie in a folder of logs", async () => {
  const rows: [string, string | undefined][] = [
    ["/var/log/pods", "/var/log/pods (WATCHER_POD_LOGS_PATH)"],
    ["/var/log/../log/pods/links/", "/var/log/pods (WATCHER_POD_LOGS_PATH)"],
    ["/docker/x", "/docker (WATCHER_CONTAINERS_PATH)"],
    ["/var/log/containers/x", "/var/log/containers (WATCHER_CONTAINER_LINKS_PATH)"],
    ["/var/log/pods-of-mine", undefined],
    ["/var/log", undefined],
  ];
  for (const [dir, among] of rows) {
    const env = { WATCHER_LINKS_DIR: dir, WATCHER_CONTAINERS_PATH: "/docker" };
    if (among === undefined) {
      await resolve({ env });
      continue;
    }
    const [problem, ...others] = await problemsOf({ env });
    assert.deepEqual(others, []);
    assert.ok(problem?.includes(`outside of ${among}`), String(problem));
  }
});

Deno.test("without agents the error lists the known ones", async () => {
  const [problem] = await problemsOf({ env: { WATCHER_AGENTS: "" } });
  assert.match(problem!, /^WATCHER_AGENTS is required: set it or give --agents; known agents: example, links, scalyr$/);
});

Deno.test("names given by the command win over the setting agents", async () => {
  const { config } = await resolve({
    agentNames: ["example"],
    described: [LINKS, EXAMPLE],
    samples: true,
  });
  assert.deepEqual(config.agents.map(({ description }) => description.name), ["example"]);
});

Deno.test("the API is reached by proxy, else kubeconfig, else service account; a flag wins over a variable", async () => {
  const node = { CLUSTER_NODE_NAME: "n" };
  const service = { KUBERNETES_SERVICE_HOST: "10.0.0.1", KUBERNETES_SERVICE_PORT: "6443" };
  const url = { WATCHER_KUBE_URL: "http://proxy/" };
  const file = { KUBECONFIG: "/a:b" };
  const proxy = { kind: "proxy", url: "http://proxy" };
  const rows: [Options, unknown][] = [
    [{ env: { ...url, ...file }, hasServiceAccount: true }, proxy],
    [{ env: file, hasServiceAccount: true }, { kind: "kubeconfig", paths: ["/a", "/home/me/here/b"] }],
    [{ env: url, flags: { kubeconfig: "c" } }, { kind: "kubeconfig", paths: ["/home/me/here/c"] }],
    [{ env: file, flags: { "kube-url": "http://proxy" } }, proxy],
    [{ env: service, hasServiceAccount: true }, { kind: "service-account", host: "10.0.0.1", port: "6443" }],
    [{ hasServiceAccount: true }, { kind: "service-account", host: "kubernetes.default.svc", port: "443" }],
    [{ env: url, hasNetwork: false }, { kind: "none", reason: "Deno was started without --allow-net" }],
  ];
  for (const [options, expected] of rows) {
    const { config } = await resolve({ ...options, env: { ...node, ...options.env } });
    assert.deepEqual(config.api, expected);
  }
  const { config, warnings } = await resolve({ env: { ...node, ...url, ...file } });
  assert.deepEqual(config.api, proxy);
  assert.deepEqual(warnings, ["WATCHER_KUBE_URL and KUBECONFIG are both set; WATCHER_KUBE_URL is used"]);
  const alone = await resolve({ env: service });
  assert.match(alone.config.api.kind === "none" ? alone.config.api.reason : "", /automountServiceAccountToken/);
});

Deno.test("where there is an API the node's name is required, and the error explains the downward API", async () => {
  for (
    const options of [{ hasServiceAccount: true }, { env: { WATCHER_KUBE_URL: "http://p" } }, {
      env: { KUBECONFIG: "/k" },
    }]
  ) {
    const [problem] = await problemsOf(options);
    assert.match(problem!, /^CLUSTER_NODE_NAME is required .*downward API .*spec\.nodeName.*--node-name/);
  }
  const { config, warnings } = await resolve({ env: { KUBECONFIG: "/k" }, isNodeNameRequired: false });
  assert.equal(config.api.kind, "none");
  assert.match(warnings.join(), /The Kubernetes API is not asked: the name of the node is not set/);
});

Deno.test("the deprecated setting gives one warning whatever its value", async () => {
  for (const value of ["true", "false", "whatever"]) {
    const { warnings } = await resolve({ env: { WATCHER_KUBERNETES_UPDATE_CERTIFICATES: value } });
    assert.equal(warnings.length, 1);
    assert.match(warnings[0]!, /WATCHER_KUBERNETES_UPDATE_CERTIFICATES is deprecated and has no effect/);
  }
});

Deno.test("unknown WATCHER_ variables give a warning with a suggestion; those of agents not selected are known", async () => {
  const { warnings } = await resolve({
    env: {
      WATCHER_INTERVALL: "5",
      WATCHER_LINKS_DIRR: "/x",
      WATCHER_SOMETHING_ELSE: "1",
      WATCHER_SCALYR_API_KEY: "of an agent that is not selected",
      WATCHER_UI_SERVICE_HOST: "10.0.0.1",
      WATCHER_UI_PORT: "tcp://10.0.0.1:80",
      WATCHER_UI_PORT_80_TCP_ADDR: "10.0.0.1",
      OTHER: "x",
    },
  });
  assert.deepEqual(warnings, [
    "Environment variable WATCHER_INTERVALL is not known and has no effect; did you mean WATCHER_INTERVAL?",
    "Environment variable WATCHER_LINKS_DIRR is not known and has no effect; did you mean WATCHER_LINKS_DIR?",
    "Environment variable WATCHER_SOMETHING_ELSE is not known and has no effect",
  ]);
});

Deno.test("the variable of a secret's file is known, that of another setting's file is not", async () => {
  const { warnings } = await resolve({
    env: { WATCHER_LINKS_DIR_FILE: "/x", WATCHER_EXAMPLE_API_KEY_FILE: "/k" },
    described: [LINKS, EXAMPLE],
  });
  assert.equal(warnings.length, 1);
  assert.match(warnings[0]!, /WATCHER_LINKS_DIR_FILE/);
});

Deno.test("every setting has a flag and a variable of its own, and a default that its parser takes", () => {
  const settings = coreSettings().map(([, setting]) => setting);
  assert.equal(new Set(settings.map(({ flag }) => flag)).size, settings.length);
  assert.equal(new Set(settings.map(({ env }) => env)).size, settings.length);
  for (const { flag, parse, ...setting } of settings) {
    if (setting.default !== undefined) assert.ok("value" in parse(setting.default), flag);
  }
});

Deno.test("README's table names every variable with its flag and default", () => {
  const table = settingsTableMarkdown(coreSettings().map(([, setting]) => setting), [EXAMPLE]);
  const lines = table.split("\n");
  assert.ok(
    lines.includes(
      "| `WATCHER_INTERVAL` | `--interval` | `60` | Seconds between full scans of the disk; changes are seen at once in between |",
    ),
  );
  assert.ok(lines.includes("### Agent example"));
  assert.ok(
    lines.includes(
      "| `WATCHER_EXAMPLE_API_KEY` or `WATCHER_EXAMPLE_API_KEY_FILE` | `--example-api-key-file` | required | The key (secret) |",
    ),
  );
  assert.ok(lines.includes("| `WATCHER_EXAMPLE_RATE` | `--example-rate` | `10` | The rate |"));
});
