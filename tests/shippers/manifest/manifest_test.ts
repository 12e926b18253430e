import assert from "node:assert/strict";
import { join } from "node:path";
import { findAgents } from "../../../lib/render/find_agents.ts";
import { REAL_MAIN, runProgram } from "../../cli/program.ts";
import { find, type KubeObject, manifest, objectsOf } from "../../manifest/manifest_objects.ts";
import { withShipper } from "../obtain.ts";
import { runCommand, tryCommand } from "../run_command.ts";
import { goProgram } from "./go_program.ts";

const AGENTS = [...findAgents().keys()];
const NAMES = ["--name", "klw", "--namespace", "ops"];

withShipper(await goProgram("helm", "helm.sh/helm/v3/cmd/helm@v3.16.4"), (folder, test) => {
  const helm = join(folder, "helm");
  const template = async (chart: string, agents: readonly string[], ...more: string[]) => {
    const chosen = ["--set", `agents={${agents.join(",")}}`];
    const stdout = await runCommand([helm, "template", "klw", chart, "--namespace", "ops", ...chosen, ...more]);
    return objectsOf(stdout);
  };

  test("Helm's chart of an agent has the same objects as the manifest, and so has that of all agents together", async (t) => {
    await using chart = await Made.as("helm");
    for (const agents of [...AGENTS.map((name) => [name]), AGENTS]) {
      await t.step(agents.join(", "), async () => {
        const expected = await manifest("--agents", agents.join(","), ...NAMES);
        assert.deepEqual(comparable(await template(chart.folder, agents)), comparable(expected));
      });
    }
  });

  test("settings, events, monitoring, image and port of Helm's values are the flags of the manifest", async () => {
    await using chart = await Made.as("helm");
    const values = ["settings.WATCHER_CLUSTER_ID=1.10", "image=r.example/klw:2", "settings.WATCHER_DEBUG=true"];
    const sets = [
      ...values.flatMap((value) => ["--set-string", value]),
      "--set",
      "events=true,metricsPort=9500,monitoring=true",
    ];
    const flags = [
      "--cluster-id",
      "1.10",
      "--image",
      "r.example/klw:2",
      "--debug",
      "--events",
      "--monitoring",
      "--metrics-port",
      "9500",
    ];
    const expected = await manifest("--agents", "scalyr,vector", ...NAMES, ...flags);
    assert.deepEqual(comparable(await template(chart.folder, ["scalyr", "vector"], ...sets)), comparable(expected));
  });

  test("a shipper's file in Helm's values takes the place of the chart's, whatever is in it, and replaces the pods", async () => {
    await using chart = await Made.as("helm");
    const own = 'log: "{{ .Values }} <name>"\n\ttab, \u2028 and an end without newline';
    await Deno.writeTextFile(join(chart.folder, "own.conf"), own);
    const set = ["--set-file", `files.rsyslog.rsyslog\\.conf=${join(chart.folder, "own.conf")}`];
    const [plain, changed] = [
      await template(chart.folder, ["rsyslog"]),
      await template(chart.folder, ["rsyslog"], ...set),
    ];
    assert.equal(changed.find(({ metadata }) => metadata.name === "klw-rsyslog").data["rsyslog.conf"], own);
    assert.notEqual(settingsHash(changed), settingsHash(plain));
  });

  test("Helm finds no fault with the chart, and is told which agents there are where none is chosen", async () => {
    await using chart = await Made.as("helm");
    const lint = await tryCommand([helm, "lint", "--strict", chart.folder, "--set", `agents={${AGENTS.join(",")}}`]);
    assert.equal(lint.code, 0, lint.stdout);
    const { code, stderr } = await tryCommand([helm, "template", "klw", chart.folder]);
    assert.notEqual(code, 0);
    assert.match(stderr, /Set agents, for instance with --set agents=\{symlinker\}/);
    const unknown = await tryCommand([helm, "template", "klw", chart.folder, "--set", "agents={vektor}"]);
    assert.notEqual(unknown.code, 0);
    assert.match(unknown.stderr, /There is no agent vektor; agents: .*vector/);
  });
});

withShipper(await goProgram("kustomize", "sigs.k8s.io/kustomize/kustomize/v5@v5.5.0"), (folder, test) => {
  test("kustomize builds the manifest's objects from its base, of each agent and of all together", async (t) => {
    for (const agents of [...AGENTS.map((name) => [name]), AGENTS]) {
      await t.step(agents.join(", "), async () => {
        const flags = ["--agents", agents.join(","), ...NAMES];
        await using base = await Made.as("kustomize", flags);
        const stdout = await runCommand([join(folder, "kustomize"), "build", base.folder]);
        assert.deepEqual(comparable(objectsOf(stdout)), comparable(await manifest(...flags)));
      });
    }
  });
});

/** A folder that the program made. */
class Made implements AsyncDisposable {
  private constructor(readonly folder: string) {}

  static async as(format: "helm" | "kustomize", flags: readonly string[] = []): Promise<Made> {
    const folder = await Deno.makeTempDir();
    const args = ["manifest", "--format", format, "--to", folder, ...flags];
    const { code, err } = await runProgram(args, { main: REAL_MAIN });
    assert.equal(code, 0, err);
    return new Made(folder);
  }

  async [Symbol.asyncDispose]() {
    await Deno.remove(this.folder, { recursive: true });
  }
}

/** Objects by kind and name, without what the two forms must not share: the namespace's own object, and the mark of the settings. */
function comparable(objects: readonly KubeObject[]): Record<string, unknown> {
  const kept = objects.filter(({ kind }) => kind !== "Namespace").map((object) => structuredClone(object));
  const template = find(kept, "DaemonSet").spec.template;
  assert.match(template.metadata.annotations["kube-log-watcher/settings"], /^[0-9a-f]{16}$/);
  delete template.metadata.annotations["kube-log-watcher/settings"];
  // A list without items, which the API takes for none.
  template.spec.initContainers ??= [];
  return Object.fromEntries(kept.map((object) => [`${object.kind} ${object.metadata.name}`, object] as const).sort());
}

function settingsHash(objects: readonly KubeObject[]): string {
  return find(objects, "DaemonSet").spec.template.metadata.annotations["kube-log-watcher/settings"];
}
