import assert from "node:assert/strict";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { readSidecar } from "../../lib/manifest/sidecar.ts";
import { findAgents } from "../../lib/render/find_agents.ts";

/** A folder with the start script of an agent, in which paths are those of the folder. */
class Start implements AsyncDisposable {
  private constructor(readonly folder: string, readonly script: string) {}

  static async of(agent: string, paths: readonly string[]): Promise<Start> {
    const folder = await Deno.makeTempDir();
    const { files } = readSidecar(agent, findAgents().get(agent)!);
    const script = paths.reduce((text, path) => text.replaceAll(path, join(folder, path)), files["start.sh"]!);
    await Deno.writeTextFile(join(folder, "start.sh"), script);
    return new Start(folder, join(folder, "start.sh"));
  }

  async write(path: string, text: string): Promise<void> {
    const file = join(this.folder, path);
    await Deno.mkdir(join(file, ".."), { recursive: true });
    await Deno.writeTextFile(file, text, { mode: 0o755 });
  }

  async read(path: string): Promise<string> {
    return await Deno.readTextFile(join(this.folder, path)).catch(() => "");
  }

  async [Symbol.asyncDispose]() {
    await Deno.remove(this.folder, { recursive: true });
  }
}

Deno.test("the Collector's start writes the id of the process that becomes the Collector", async () => {
  await using start = await Start.of("otel-collector", ["/run/otel-collector/", "/otelcol-contrib"]);
  await start.write("otelcol-contrib", '#!/bin/sh\necho "$$ $*"\n');
  await Deno.mkdir(join(start.folder, "run/otel-collector"), { recursive: true });
  const { stdout, stderr } = await new Deno.Command("sh", { args: [start.script] }).output();
  const pid = (await start.read("run/otel-collector/otelcol.pid")).trim();
  assert.equal(
    new TextDecoder().decode(stdout),
    `${pid} --config file:/etc/otelcol/config.yaml --config file:/etc/otelcol/klw/klw.yaml\n`,
    new TextDecoder().decode(stderr),
  );
});

Deno.test("Splunk's start restarts the forwarder when its inputs have changed, keeps its app, and stops it at SIGTERM", async () => {
  await using start = await Start.of("splunk", ["/etc/splunk-outputs/"]);
  const home = join(start.folder, "splunk");
  await start.write("splunk/bin/splunk", `#!/bin/sh\necho "$*" >>"${start.folder}/calls"\n`);
  await start.write("splunk-etc/system/default.conf", "image\n");
  await start.write("etc/splunk-outputs/outputs.conf", "[tcpout]\n");
  const inputs = "splunk/etc/apps/kube_log_watcher/local/inputs.conf";
  await Deno.mkdir(join(home, "etc/system/local"), { recursive: true });
  await Deno.mkdir(join(start.folder, inputs, ".."), { recursive: true });
  const env = { SPLUNK_HOME: home, RESTART_SECONDS: "0.05" };
  const child = new Deno.Command("sh", { args: ["-eu", start.script], env, stdout: "null" }).spawn();
  const calls = async (wanted: RegExp) => {
    const lateMs = Date.now() + 60_000;
    while (!wanted.test(await start.read("calls"))) {
      assert.ok(Date.now() < lateMs, `${wanted} does not come: ${await start.read("calls")}`);
      await delay(20);
    }
  };
  try {
    await calls(/^start --accept-license --answer-yes --no-prompt\n(status\n){3}/);
    assert.doesNotMatch(await start.read("calls"), /restart/);
    await start.write(inputs, "[monitor:///a]\n");
    await calls(/\nrestart\n(status\n){2}/);
    await start.write(inputs, "[monitor:///b]\n");
    await calls(/\nrestart\n(status\n)+restart\n/);
    assert.equal(await start.read("splunk/etc/system/default.conf"), "image\n");
    assert.equal(await start.read("splunk/etc/system/local/outputs.conf"), "[tcpout]\n");
    child.kill("SIGTERM");
    assert.equal((await child.status).code, 0);
    assert.match(await start.read("calls"), /\nstop\n$/);
  } finally {
    end(child);
    await child.status;
  }
});

/** Ends a process that may be gone already. */
function end(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL");
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
}
