import assert from "node:assert/strict";
import { join } from "node:path";
import { materializeSampleNode } from "../../lib/sample/sample_node.ts";
import { SAMPLE_PODS } from "../../lib/sample/sample_pods.ts";

async function tree(folder: string, base = folder): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const entry of Deno.readDir(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory) Object.assign(found, await tree(path, base));
    else if (entry.isSymlink) found[path.replace(base, "")] = `-> ${(await Deno.readLink(path)).replace(base, "")}`;
    else found[path.replace(base, "")] = (await Deno.readTextFile(path)).replaceAll(base, "");
  }
  return found;
}

Deno.test("the sample node has the same files wherever and whenever it is made", async () => {
  const [a, b] = [await Deno.makeTempDir(), await Deno.makeTempDir()];
  try {
    const [one, other] = [await materializeSampleNode(a), await materializeSampleNode(join(b, "new/folder"))];
    assert.deepEqual(one.pods, other.pods);
    assert.deepEqual(await tree(join(one.containersPath, "../..")), await tree(join(other.containersPath, "../..")));
  } finally {
    await Deno.remove(a, { recursive: true });
    await Deno.remove(b, { recursive: true });
  }
});

Deno.test("the sample node has both layouts as Docker and the kubelet make them", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const node = await materializeSampleNode(folder);
    const files = await tree(await Deno.realPath(folder));
    const id = "b7a01c894a595effa38899483b264a1572bd2d0d55b6b14329508d76d4bd302a";
    const config = JSON.parse(files[`/docker/containers/${id}/config.v2.json`]!);
    assert.equal(config.ID, id);
    assert.equal(config.LogPath, `/docker/containers/${id}/${id}-json.log`);
    assert.equal(config.Config.Labels["io.kubernetes.pod.uid"], "0b5e2c52-6d2c-4b0e-9c35-0d9a4d1f7a11");
    assert.equal(JSON.parse(files[config.LogPath]!).log, "hello\n");
    assert.equal(
      files[
        "/log/containers/web-3_shop_crash-363bfbb5b05930efefa89004ce1a494895ad5410253f6ea6803823ac9572f445.log"
      ],
      "-> /log/pods/shop_web-3_3cbebc25-6c5b-4e49-849e-33fc881a0458/crash/3.log",
    );
    assert.ok("/log/pods/kube-system_kube-proxy-node-1_4c3772ba6fcded9d740756b8514a7adf/kube-proxy/0.log" in files);
    assert.equal(node.pods.length, SAMPLE_PODS.length);
    assert.ok(node.pods.every((pod) => pod.spec.nodeName === node.nodeName));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("every container of the sample pods has an id of its own, named by its pod's status", () => {
  const ids = SAMPLE_PODS.flatMap((pod) => [...pod.containers.map(({ id }) => id), pod.sandboxId ?? []].flat());
  assert.equal(new Set(ids).size, ids.length);
  assert.ok(ids.every((id) => /^[0-9a-f]{64}$/.test(id)));
});

Deno.test("the sample node is made without permission for links, which it leaves out", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const script = `const { materializeSampleNode } = await import(${
      JSON.stringify(new URL("../../lib/sample/sample_node.ts", import.meta.url).href)
    }); const node = await materializeSampleNode(${JSON.stringify(folder)});
      console.log(node.pods.length, [...Deno.readDirSync(node.containerLinksPath)].length);`;
    const main = join(folder, "main.ts");
    await Deno.writeTextFile(main, script);
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-prompt", "--no-config", `--allow-read=${folder}`, `--allow-write=${folder}`, main],
    }).output();
    assert.equal(new TextDecoder().decode(stderr), "");
    assert.equal(new TextDecoder().decode(stdout), `${SAMPLE_PODS.length} 0\n`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
