import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { writeDockerContainer } from "../../lib/sample/docker_files.ts";
import { numberedPod, SAMPLE_IDS, Scene } from "./scene.ts";

const MAIN = fileURLToPath(new URL("slow_disk_main.ts", import.meta.url));

/** Makes a folder of Docker's that stops the watcher when it looks at it until something is written to the pipe in it. @returns The pipe. */
async function blockingFolder(scene: Scene): Promise<string> {
  const pod = numberedPod(1);
  const log = await writeDockerContainer(scene.paths.containersPath, { container: pod.containers[0]!, pod });
  // Without a log the configuration of the host is read, to tell why there is none.
  await Deno.remove(log);
  const path = join(log, "../hostconfig.json.wait");
  assert.ok((await new Deno.Command("mkfifo", { args: [path] }).output()).success);
  return path;
}

Deno.test("a disk that takes longer to read than pods are waited for hides no list that the API gave meanwhile", async () => {
  await using scene = await Scene.open();
  const path = await blockingFolder(scene);
  const pipe = Deno.open(path, { write: true });
  const answered = Promise.withResolvers<void>();
  // Answers when the disk is being read.
  await using proxy = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, async ({ url, signal }) => {
    await pipe;
    const { pathname, search } = new URL(url);
    const answer = await fetch(scene.server.url + pathname + search, { signal });
    answered.resolve();
    return answer;
  });
  const env = { WATCHER_KUBE_URL: `http://127.0.0.1:${proxy.addr.port}` };
  await using watcher = scene.watch(["--pod-wait", "2"], { env, main: MAIN });
  let isRead = true;
  // Whoever opens a pipe waits for its other end, for ever.
  const rescue = setTimeout(async () => {
    isRead = false;
    (await Deno.open(path)).close();
  }, 30_000);
  const file = await pipe;
  clearTimeout(rescue);
  assert.ok(isRead, "the watcher reads the pipe");
  await Deno.remove(path);
  await Deno.writeTextFile(path, "");
  // On a busy machine the question may not be out yet when the disk begins to be read; then it is answered afterwards.
  const isOver = Promise.withResolvers<void>();
  const timer = setTimeout(isOver.resolve, 5_000);
  await Promise.race([answered.promise, isOver.promise]);
  clearTimeout(timer);
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  await file.write(new TextEncoder().encode("{}"));
  file.close();
  await scene.untilExactly(SAMPLE_IDS, watcher);
  assert.deepEqual(watcher.said(/the API does not show its pod/), []);
  assert.equal(await watcher.stop(), 0);
});
