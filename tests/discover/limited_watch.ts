/**
 * Watches a tree under a limit of inotify watches that its caller set, adds 20 pods, and prints what came of it.
 *
 * @module
 */
import { join } from "node:path";
import { Discoverer } from "../../lib/discover/discover.ts";
import { watchFolders } from "../../lib/discover/watch_folders.ts";

const root = Deno.args[0] ?? "";
const paths = {
  containersPath: join(root, "docker/containers"),
  podLogsPath: join(root, "log/pods"),
  containerLinksPath: join(root, "log/containers"),
};
const discoverer = new Discoverer(paths);
const allFound = Promise.withResolvers<void>();
const isDegraded = Promise.withResolvers<void>();
await using _watch = watchFolders({
  ...paths,
  pollIntervalMs: 20,
  onDirty(path) {
    discoverer.invalidate(path);
    if (discoverer.scan().containers.length === 20) allFound.resolve();
  },
  onDegraded(reason) {
    console.log(reason);
    isDegraded.resolve();
  },
});
for (let number = 0; number < 20; number++) {
  Deno.mkdirSync(join(paths.podLogsPath, `shop_web-${number}_uid-${number}`, "app"), { recursive: true });
}
await isDegraded.promise;
for (let number = 0; number < 20; number++) {
  Deno.writeTextFileSync(join(paths.podLogsPath, `shop_web-${number}_uid-${number}`, "app/0.log"), "");
}
await allFound.promise;
console.log(`found ${discoverer.scan().containers.length}`);
