import assert from "node:assert/strict";
import { parse } from "yaml";
import { ManifestError } from "../../lib/manifest/join_sections.ts";
import { makeManifest } from "../../lib/manifest/manifest.ts";
import { parseSidecar, readSidecar, type Sidecar } from "../../lib/manifest/sidecar.ts";
import { findAgents } from "../../lib/render/find_agents.ts";
import { readmeBlocks, withPaths } from "../shippers/readme_blocks.ts";
import { find, type KubeObject, manifest, objectsOf, OPTIONS } from "./manifest_objects.ts";

/** The files that must be those of the README: agent, file, language of the block, which of them, and what is another path. */
const STATIC: [string, string, string, RegExp, Record<string, string>?][] = [
  ["alloy", "config.alloy", "alloy", /import\.file/],
  ["datadog", "datadog.yaml", "yaml", /logs_enabled/],
  ["filebeat", "filebeat.yml", "yaml", /filebeat\.config\.inputs/],
  ["fluent-bit", "fluent-bit.yaml", "yaml", /^service:/],
  ["fluentd", "fluent.conf", "", /rpc_endpoint/],
  ["logstash", "klw.conf", "logstash", /input/],
  ["logstash", "klw.rb", "ruby", /def register/],
  ["logstash", "pipelines.yml", "yaml", /pipeline\.id/],
  ["otel-collector", "config.yaml", "yaml", /^extensions:/],
  ["rsyslog", "rsyslog.conf", "rsyslog", /imfile/, { "/var/log/rsyslog-containers.json": "/dev/stdout" }],
  ["syslog-ng", "syslog-ng.conf", "syslog-ng", /@version/, { "/var/log/syslog-ng-containers.json": "/dev/stdout" }],
  ["vector", "vector.yaml", "yaml", /data_dir/],
];

for (const [agent, file, language, mark, paths = {}] of STATIC) {
  Deno.test(`${agent} is deployed with the README's ${file}`, () => {
    const block = readmeBlocks(agent, language).find((text) => mark.test(text));
    assert.equal(sidecarOf(agent).files[file], withPaths(block ?? "", paths));
  });
}

for (const name of findAgents().keys()) {
  Deno.test(`the sidecar of ${name} has images of a fixed version, names of its own, and keeps what must survive on the node`, async () => {
    const objects = await manifest("--agents", name);
    const pod = find(objects, "DaemonSet").spec.template.spec;
    const plain = find(await manifest("--agents", "symlinker"), "DaemonSet").spec.template.spec;
    const isNew = (kind: string) => ({ name: one }: KubeObject) =>
      !plain[kind].some((other: KubeObject) => other.name === one);
    const shippers = pod.containers.slice(1);
    for (const { image, resources, securityContext, name: container } of [...pod.initContainers ?? [], ...shippers]) {
      assert.match(image, /^[a-z0-9./-]+:v?\d[\w.-]+$/, `${container} has ${image}`);
      assert.ok(resources.limits.memory && resources.requests.memory, container);
      assert.equal(typeof securityContext.readOnlyRootFilesystem, "boolean", container);
      assert.ok(container.startsWith(name), container);
    }
    for (const volume of pod.volumes.filter(isNew("volumes"))) {
      assert.ok(volume.name.startsWith(name), volume.name);
      if (volume.emptyDir) assert.ok(volume.emptyDir.sizeLimit, volume.name);
    }
    const wanted = new Set(pod.containers[0].volumeMounts.map((mount: KubeObject) => mount.name));
    const outputs = pod.volumes.filter(isNew("volumes")).filter((volume: KubeObject) => wanted.has(volume.name));
    const hasOutput = outputs.some((volume: KubeObject) => volume.hostPath);
    assert.ok(hasOutput || name === "symlinker", "what the watcher writes is on the node");
  });

  Deno.test(`what the shipper of ${name} prints is not shipped, and its container sees what the watcher writes`, async () => {
    const { metadata, spec } = find(await manifest("--agents", name), "DaemonSet").spec.template;
    const [watcher, ...shippers] = spec.containers;
    for (const { name: container, volumeMounts } of shippers) {
      assert.equal(metadata.annotations[`kubernetes-log-watcher/exclude.${container}`], "true");
      const paths = new Map(volumeMounts.map((mount: KubeObject) => [mount.mountPath, mount]));
      for (const { name: volume, mountPath, readOnly } of watcher.volumeMounts) {
        if (!volume.startsWith(name) || readOnly) continue;
        assert.equal((paths.get(mountPath) as KubeObject)?.name, volume, mountPath);
        assert.equal((paths.get(mountPath) as KubeObject).readOnly, true, `${mountPath} is the watcher's to write`);
      }
    }
  });
}

Deno.test("a shipper that is signalled shares its processes with the watcher, which alone may look into others", async () => {
  for (const name of ["otel-collector", "rsyslog", "syslog-ng"]) {
    const objects = await manifest("--agents", name);
    const pod = find(objects, "DaemonSet").spec.template.spec;
    const [watcher, shipper] = pod.containers;
    assert.equal(pod.shareProcessNamespace, true);
    assert.deepEqual(watcher.securityContext.capabilities.add, ["DAC_READ_SEARCH", "KILL"]);
    assert.deepEqual(shipper.securityContext.capabilities.add, ["DAC_READ_SEARCH"]);
    const data = find(objects, "ConfigMap").data;
    const [, pidFile] = Object.entries(data).find(([key]) => key.endsWith("_PID_FILE")) as [string, string];
    const mountOf = (container: KubeObject) =>
      container.volumeMounts.find((mount: KubeObject) => pidFile.startsWith(`${mount.mountPath}/`));
    assert.equal(mountOf(watcher).name, mountOf(shipper).name);
    assert.equal(mountOf(watcher).readOnly, true);
    assert.ok(JSON.stringify([shipper.command, shipper.args, objects]).includes(pidFile));
  }
  const plain = find(await manifest("--agents", "vector,scalyr"), "DaemonSet").spec.template.spec;
  assert.equal(plain.shareProcessNamespace, undefined);
  assert.deepEqual(plain.containers[0].securityContext.capabilities.add, ["DAC_READ_SEARCH"]);
});

Deno.test("all agents go into one manifest, and what they share stands there once", async () => {
  const objects = await manifest("--agents", [...findAgents().keys()].join(","));
  const pod = find(objects, "DaemonSet").spec.template.spec;
  assert.deepEqual(pod.containers[0].securityContext.capabilities.add, ["DAC_READ_SEARCH", "KILL"]);
  for (const { volumeMounts } of pod.containers) {
    const paths = volumeMounts.map(({ mountPath }: KubeObject) => mountPath);
    assert.equal(new Set(paths).size, paths.length, `${paths}`);
  }
  const hostPaths = pod.volumes.flatMap(({ hostPath }: KubeObject) => hostPath?.path ?? []);
  assert.equal(new Set(hostPaths).size, hostPaths.length, `${hostPaths}`);
});

Deno.test("two agents that want different values of a field of the pod are refused, by name", () => {
  const pods = ["pod:\n  hostPID: true\n", "pod:\n  # why\n  hostPID: false\n"];
  const sidecars = pods.map((text, index) => parsed(`a${index}`, text));
  assert.throws(
    () => makeManifest({ ...OPTIONS, sidecars }),
    (error) => error instanceof ManifestError && /Agents a0 and a1 differ about hostPID of the pod/.test(error.message),
  );
});

Deno.test("a field of the pod with several lines comes once, with the comment before it", () => {
  const text = "pod:\n  # why\n  dnsConfig:\n    options:\n      - name: ndots\n  # more\n  dnsPolicy: None\n";
  const made = makeManifest({ ...OPTIONS, sidecars: [parsed("a", text), parsed("b", text)] });
  assert.equal(made.match(/ {6}# why\n {6}dnsConfig:\n {8}options:\n/g)?.length, 1);
  assert.equal(made.match(/ {6}# more\n {6}dnsPolicy: None\n/g)?.length, 1);
  const { dnsConfig, dnsPolicy } = find(objectsOf(made), "DaemonSet").spec.template.spec;
  assert.deepEqual([dnsConfig, dnsPolicy], [{ options: [{ name: "ndots" }] }, "None"]);
});

Deno.test("what looks like a place for a value in a shipper's file stays as it is", () => {
  const made = makeManifest({ ...OPTIONS, sidecars: [parsed("a", "files:\n  x.conf: |\n    <name> <version>\n")] });
  const map = objectsOf(made).find(({ metadata }) => metadata.name === "klw-a");
  assert.equal(map.data["x.conf"], "<name> <version>\n");
});

Deno.test("no sidecar has a $ in a command that Kubernetes would take for its own", () => {
  for (const name of findAgents().keys()) {
    const { lists } = sidecarOf(name);
    for (const section of [lists.containers, lists.initContainers]) {
      for (const { command = [], args = [] } of (parse(section || "[]") as KubeObject[])) {
        assert.doesNotMatch([...command, ...args].join("\n"), /\$\$|\$\((?!tr )/, name);
      }
    }
  }
});

function sidecarOf(agent: string): Sidecar {
  return readSidecar(agent, findAgents().get(agent)!);
}

function parsed(agent: string, text: string): Sidecar {
  return parseSidecar(text, { agent, path: `/agents/${agent}/sidecar.yaml` });
}
