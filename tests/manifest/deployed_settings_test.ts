import assert from "node:assert/strict";
import { join } from "node:path";
import { parse } from "yaml";
import { readSidecar } from "../../lib/manifest/sidecar.ts";
import { findAgents } from "../../lib/render/find_agents.ts";
import { REAL_MAIN, runProgram } from "../cli/program.ts";
import { find, type KubeObject, manifest } from "./manifest_objects.ts";

for (const name of findAgents().keys()) {
  Deno.test(`the settings of ${name}'s manifest are understood, and lead the watcher where a folder of the node is mounted to write`, async () => {
    const folder = await Deno.makeTempDir();
    try {
      const key = join(folder, "key");
      await Deno.writeTextFile(key, "k3y\n");
      const objects = await manifest("--agents", name);
      const env = Object.fromEntries(
        Object.entries(find(objects, "ConfigMap").data as Record<string, string>)
          .map(([variable, value]) => [variable, value.startsWith("/run/secrets/") ? key : value]),
      );
      const { code, out, err } = await runProgram(["preview", name, "--output", "json"], { main: REAL_MAIN, env });
      assert.equal(code, 0, err);
      // Nothing is unknown, nothing is missing and sampled; that an annotation of the sample is wrong is said.
      const notes = err.trimEnd().split("\n").filter((line) => !/^warning: .*: annotation /.test(line));
      assert.deepEqual(notes, ["Previewing the recorded sample node"]);
      const { agents: [{ files }] } = JSON.parse(out);
      const { volumes, containers: [watcher] } = find(objects, "DaemonSet").spec.template.spec;
      const onNode = new Set(volumes.flatMap((volume: KubeObject) => volume.hostPath ? [volume.name] : []));
      const writable = watcher.volumeMounts.filter((mount: KubeObject) => !mount.readOnly && onNode.has(mount.name));
      for (const { path } of files as { path: string }[]) {
        assert.ok(writable.some((mount: KubeObject) => path.startsWith(`${mount.mountPath}/`)), path);
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}

/** Agents with a first configuration, and where it lies. */
const FIRST: [string, string, string][] = [
  ["fluent-bit", "/etc/fluent-bit/k8s.d", "00-common.yaml"],
  ["otel-collector", "/etc/otelcol/klw", "klw.yaml"],
  ["rsyslog", "/var/lib/kube-log-watcher/rsyslog", "containers.json"],
];

for (const [name, path, file] of FIRST) {
  Deno.test(`the first configuration of ${name} is there before the watcher's, which takes its place and is left alone`, async () => {
    const [folder, logs, shell] = [await Deno.makeTempDir(), await Deno.makeTempDir(), await Deno.makeTempDir()];
    const paths = { [path]: folder, "/opt/shell": shell, "/bin/busybox": "/bin/true" };
    try {
      const read = () => Deno.readTextFile(join(folder, file));
      await runScript(name, paths);
      const first = await read();
      assert.ok(parse(first), first);
      const variable = `WATCHER_${name.toUpperCase().replaceAll("-", "_")}_DEST_PATH`;
      const empty = ["--pod-logs-path", "--containers-path", "--container-links-path"].flatMap((
        flag,
      ) => [flag, logs]);
      const once = ["watch", "--once", "--agents", name, ...empty];
      const { code, err } = await runProgram(once, { main: REAL_MAIN, env: { [variable]: folder } });
      assert.equal(code, 0, err);
      const written = await read();
      assert.notEqual(written, first);
      await runScript(name, paths);
      assert.equal(await read(), written);
    } finally {
      for (const one of [folder, logs, shell]) await Deno.remove(one, { recursive: true });
    }
  });
}

/** Runs the script of an agent's init container, with other paths. */
async function runScript(agent: string, paths: Readonly<Record<string, string>>): Promise<void> {
  const [container] = parse(readSidecar(agent, findAgents().get(agent)!).lists.initContainers) as KubeObject[];
  const [shell, ...args] = container.command as string[];
  const script = Object.entries(paths).reduce((text, [from, to]) => text.replaceAll(from, to), args.at(-1)!);
  const { code, stderr } = await new Deno.Command(shell!, { args: [...args.slice(0, -1), script] }).output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
}
