/**
 * The program with a leak: it keeps every pod that the API ever showed. The soak's verdict must find that.
 *
 * @module
 */
import { run } from "../../lib/cli/run.ts";
import type { Pod } from "../../lib/pods/pod.ts";
import { PodStore } from "../../lib/pods/pod_store.ts";

const kept: Pod[] = [];
const { upsert } = PodStore.prototype;

PodStore.prototype.upsert = function (pod) {
  kept.push(pod);
  upsert.call(this, pod);
};

if (import.meta.main) Deno.exit(await run(Deno.args));
