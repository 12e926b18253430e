import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { find, manifest } from "../manifest/manifest_objects.ts";

/** Runs a program as root with some capabilities and no other, as a container does. */
function confined(capabilities: readonly string[], command: readonly string[]): Deno.Command {
  const set = ["-all", ...capabilities.map((name) => `+${name.toLowerCase()}`)].join(",");
  const args = [`--bounding-set=${set}`, "--inh-caps=-all", "--no-new-privs", ...command];
  return new Deno.Command("setpriv", {
    args,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    env: { SECRET: "s3cret" },
  });
}

async function whyNot(): Promise<string | undefined> {
  if (Deno.uid() !== 0) return "it needs root";
  try {
    const { success, stderr } = await confined(["DAC_READ_SEARCH", "KILL"], ["true"]).output();
    return success ? undefined : new TextDecoder().decode(stderr);
  } catch (error) {
    return `setpriv: ${(error as Error).message}`;
  }
}

const reason = await whyNot();
if (reason !== undefined) console.log(`Capabilities are not tried: ${reason}`);

Deno.test({
  name: "a shipper that shares processes with the watcher can look neither into its files nor into its environment",
  ignore: reason !== undefined,
  async fn() {
    const [watcher, shipper] = find(await manifest("--agents", "rsyslog"), "DaemonSet").spec.template.spec.containers
      .map(({ securityContext }: { securityContext: { capabilities: { add: string[] } } }) =>
        securityContext.capabilities.add
      );
    const process = confined(watcher, ["sleep", "300"]).spawn();
    try {
      const own = `/proc/${process.pid}`;
      // Until setpriv has become it.
      while ((await Deno.readTextFile(`${own}/comm`)).trim() !== "sleep") await delay(10);
      const look = async (capabilities: readonly string[], script: string) => {
        const { code, stdout, stderr } = await confined(capabilities, ["sh", "-c", script]).output();
        return { isDone: code === 0, text: new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr) };
      };
      for (const script of [`ls ${own}/root/`, `cat ${own}/environ`, `ls ${own}/cwd/`, `cat ${own}/maps`]) {
        const { isDone, text } = await look(shipper, script);
        assert.ok(!isDone && /Permission denied/.test(text), `${script}: ${text}`);
      }
      // The watcher, for its part, finds the shipper by its name and may signal it, and the test sees what it looks for.
      assert.equal((await look(shipper, `cat ${own}/comm`)).text, "sleep\n");
      assert.match((await look(watcher, `cat ${own}/environ`)).text, /SECRET=s3cret/);
      assert.ok((await look(watcher, `kill -0 ${process.pid}`)).isDone);
    } finally {
      process.kill("SIGKILL");
      await process.output();
    }
  },
});
