import assert from "node:assert/strict";
import { join } from "node:path";
import { makeManifest } from "../../lib/manifest/manifest.ts";
import { parseSidecar, type Sidecar } from "../../lib/manifest/sidecar.ts";
import { BUILT_IN_AGENTS, findAgents } from "../../lib/render/find_agents.ts";
import { REAL_MAIN, runProgram } from "../cli/program.ts";
import { readAlerts, readDashboard } from "../monitoring/shipped.ts";
import { find, type KubeObject, manifest, objectsOf, OPTIONS } from "./manifest_objects.ts";

Deno.test("settings given as flags go into the ConfigMap, and into nothing else of this machine's environment", async () => {
  const objects = await manifest("--agents", "symlinker", "--cluster-id", "1.10", "--strict-labels", "true", "--debug");
  const { data } = find(objects, "ConfigMap");
  assert.deepEqual(data, {
    WATCHER_AGENTS: "symlinker",
    WATCHER_METRICS_PORT: "9400",
    WATCHER_STATE_PATH: "/var/lib/kube-log-watcher",
    WATCHER_SYMLINK_DIR: "/var/log/container-links",
    WATCHER_CLUSTER_ID: "1.10",
    WATCHER_STRICT_LABELS: "true",
    WATCHER_DEBUG: "true",
  });
});

Deno.test("pods are replaced when settings change, and not otherwise", async () => {
  const hashOf = async (...args: string[]) => {
    const daemonSet = find(await manifest("--agents", "symlinker", ...args), "DaemonSet");
    return daemonSet.spec.template.metadata.annotations["kube-log-watcher/settings"];
  };
  assert.equal(await hashOf("--debug"), await hashOf("--debug"));
  assert.notEqual(await hashOf("--debug"), await hashOf());
});

Deno.test("names, namespace, image, events and the version of Kubernetes are options, and mistakes in them are told", async () => {
  const options = [
    "--name",
    "klw",
    "--namespace",
    "ops",
    "--image",
    "r.example/klw:2",
    "--events",
    "--kubernetes",
    "1.20",
  ];
  const objects = await manifest("--agents", "symlinker", ...options);
  assert.deepEqual(new Set(objects.map(({ metadata }) => metadata.name)), new Set(["ops", "klw"]));
  assert.equal(find(objects, "DaemonSet").spec.template.spec.containers[0].image, "r.example/klw:2");
  assert.equal(find(objects, "PodDisruptionBudget").apiVersion, "policy/v1beta1");
  assert.deepEqual(
    find(objects, "ClusterRole").rules.map(({ resources, verbs }: KubeObject) => [...resources, ...verbs]),
    [
      ["pods", "list", "watch"],
      ["events", "create"],
    ],
  );
  const mistakes: [string[], RegExp][] = [
    [[], /manifest needs --agents \(known agents: /],
    [["--agents", "symlinker", "--namespace", "A b"], /--namespace is "A b", expected a name of Kubernetes/],
    [["--agents", "symlinker", "--kubernetes", "1.19"], /--kubernetes is "1.19", expected a version from 1.20/],
    [["--agents", "symlinker", "--format", "helm"], /makes several files; say where with --to/],
    [["--agents", "scalyr", "--scalyr-api-key", "s3cret"], /^(?!.*s3cret).*secret/s],
  ];
  for (const [args, message] of mistakes) {
    const { code, out, err } = await runProgram(["manifest", ...args], { main: REAL_MAIN });
    assert.equal(code, 2, err);
    assert.match(err, message);
    assert.equal(out, "");
  }
});

Deno.test("with --monitoring the watchers are scraped under the names of their nodes, and alerts and dashboard come along as they are", async () => {
  const names = ["--name", "klw", "--namespace", "ops"];
  const objects = await manifest("--agents", "symlinker", "--monitoring", ...names);
  const plain = await manifest("--agents", "symlinker", ...names);
  assert.deepEqual(objects.slice(0, plain.length), plain);
  assert.deepEqual(
    objects.slice(plain.length).map(({ kind, metadata }) => [kind, metadata.namespace, metadata.name]),
    [["PodMonitor", "ops", "klw"], ["PrometheusRule", "ops", "klw"], ["ConfigMap", "ops", "klw-dashboard"]],
  );
  const { selector, podMetricsEndpoints: [endpoint] } = find(objects, "PodMonitor").spec;
  const { template } = find(objects, "DaemonSet").spec;
  for (const [label, value] of Object.entries(selector.matchLabels)) {
    assert.equal(template.metadata.labels[label], value);
  }
  assert.ok(template.spec.containers[0].ports.some(({ name }: KubeObject) => name === endpoint.port));
  assert.equal(endpoint.relabelings[0].targetLabel, "instance");
  assert.deepEqual(find(objects, "PrometheusRule").spec.groups[0].rules, readAlerts());
  assert.deepEqual(JSON.parse(objects.at(-1).data["kube-log-watcher.json"]), readDashboard());
});

Deno.test("--events may have a value, and one that is no boolean is refused", async () => {
  const rulesOf = async (flag: string) =>
    find(await manifest("--agents", "symlinker", flag), "ClusterRole").rules.length;
  assert.deepEqual([await rulesOf("--events=true"), await rulesOf("--events=no")], [2, 1]);
  const { code, err } = await runProgram(["manifest", "--agents", "symlinker", "--events=perhaps"], {
    main: REAL_MAIN,
  });
  assert.equal(code, 2);
  assert.match(err, /--events is "perhaps", expected true, false/);
});

for (const [name, folder] of findAgents()) {
  Deno.test(`the sidecar of ${name} makes a DaemonSet in which every mount has a volume, nothing is privileged, and logs are read-only`, async () => {
    assert.ok(folder.startsWith(BUILT_IN_AGENTS));
    const objects = await manifest("--agents", name);
    const pod = find(objects, "DaemonSet").spec.template.spec;
    const volumes = pod.volumes.map((volume: KubeObject) => volume.name);
    assert.equal(new Set(volumes).size, volumes.length, `${volumes}`);
    const containers = [...pod.initContainers ?? [], ...pod.containers];
    const mounted = new Set(
      containers.flatMap(({ volumeMounts = [] }) => volumeMounts.map((mount: KubeObject) => mount.name)),
    );
    assert.deepEqual(new Set(volumes), mounted, "volumes and mounts");
    for (const { name, securityContext, volumeMounts = [] } of containers) {
      assert.equal(securityContext?.allowPrivilegeEscalation, false, name);
      assert.equal(securityContext?.privileged ?? false, false, name);
      assert.deepEqual(securityContext?.capabilities?.drop, ["ALL"], name);
      for (const { mountPath, readOnly } of volumeMounts) {
        if (/^\/var\/(log\/(pods|containers)|lib\/docker)/.test(mountPath)) assert.equal(readOnly, true, mountPath);
      }
    }
    const maps = objects.filter(({ kind }) => kind === "ConfigMap").map(({ metadata }) => metadata.name);
    for (const { configMap } of pod.volumes) if (configMap) assert.ok(maps.includes(configMap.name), configMap.name);
  });
}

const sidecar = (agent: string, text: string): Sidecar =>
  parseSidecar(text, { agent, path: `/agents/${agent}/sidecar.yaml` });

Deno.test("comments of a sidecar come along, and a version that looks like a number stays text", () => {
  const text = makeManifest({
    ...OPTIONS,
    sidecars: [sidecar("a", "volumes:\n  # why\n  - name: a\n    emptyDir: {}\n")],
  });
  assert.match(text, /\n {8}# why\n {8}- name: a\n {10}emptyDir: \{\}\n/);
  assert.equal(find(objectsOf(text), "DaemonSet").spec.template.metadata.labels.version, "1.10");
});

Deno.test("two agents with a container or volume of one name are refused, by name", () => {
  const twice = ["a", "b"].map((agent) => sidecar(agent, "volumes:\n  - name: x\n    emptyDir: {}\n"));
  assert.throws(() => makeManifest({ ...OPTIONS, sidecars: twice }), /Agents a and b both have x among their volumes/);
});

Deno.test("a sidecar with an unknown section or of the wrong shape is refused, by place", () => {
  const rows: [string, RegExp][] = [
    [
      "container:\n  - name: x\n",
      /sidecar.yaml: section container is not known \(sections: initContainers, containers/,
    ],
    ["containers:\n  name: x\n", /sidecar.yaml: containers is no list/],
    ["settings:\n  A: 1\n", /sidecar.yaml: settings is no map of texts/],
    ["- a\n", /sidecar.yaml: it is no map of sections/],
    ["a: 1\na: 2\n", /Cannot read \/agents\/a\/sidecar.yaml: Map keys must be unique/],
  ];
  for (const [text, message] of rows) assert.throws(() => sidecar("a", text), message);
});

Deno.test("kustomize's base has a file for each object, and Helm's chart all agents to choose from", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const run = (...args: string[]) => runProgram(["manifest", ...args, "--to", folder], { main: REAL_MAIN });
    assert.equal((await run("--format", "kustomize", "--agents", "symlinker")).code, 0);
    const [kustomization] = objectsOf(await Deno.readTextFile(join(folder, "kustomization.yaml")));
    for (const file of kustomization.resources) {
      assert.equal(objectsOf(await Deno.readTextFile(join(folder, file))).length, 1, file);
    }
    assert.equal(kustomization.resources.length, 8);
    assert.equal((await run("--format", "helm")).code, 0);
    const chart = await Deno.readTextFile(join(folder, "templates/all.yaml"));
    for (const name of findAgents().keys()) assert.ok(chart.includes(`has "${name}" .Values.agents`), name);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("manifest refuses what the watcher would refuse at its start, and a configuration file of this machine", async () => {
  const rows: readonly (readonly [args: readonly string[], message: RegExp])[] = [
    [["--agents", "vector", "--interval", "soon"], /^error: --interval is "soon", expected seconds/],
    [
      ["--agents", "vector", "--vector-dest-path", "klw.d"],
      /^error: --vector-dest-path is "klw\.d", expected an absolute path/,
    ],
    [["--agents", "vektor"], /^error: Agent "vektor" is not known; did you mean vector\?/],
    [
      ["--agents", "vector", "--config", "w.yaml"],
      /^error: Option --config is not known: the file must be in the cluster, as a ConfigMap/,
    ],
    [[], /^error: manifest needs --agents/],
  ];
  for (const [args, message] of rows) {
    const { code, out, err } = await runProgram(["manifest", ...args], { main: REAL_MAIN });
    assert.match(err, message);
    assert.deepEqual([code, out], [2, ""], args.join(" "));
  }
  // The environment of this machine is none of the cluster's business.
  const env = { WATCHER_INTERVAL: "soon", WATCHER_CLUSTER_ID: "here" };
  const { code, out, err } = await runProgram(["manifest", "--agents", "vector"], { main: REAL_MAIN, env });
  assert.equal(code, 0, err);
  assert.doesNotMatch(out, /WATCHER_INTERVAL|WATCHER_CLUSTER_ID/);
});
