/**
 * Starts kube-log-watcher with a disk on which reading a hostconfig.json takes until a pipe beside it, with `.wait` added to its name, has been written to.
 *
 * @module
 */
import { run } from "../../lib/cli/run.ts";

const readTextFileSync = Deno.readTextFileSync;
Deno.readTextFileSync = (path) => {
  if (String(path).endsWith("/hostconfig.json")) readTextFileSync(`${path}.wait`);
  return readTextFileSync(path);
};

Deno.exit(await run(Deno.args));
