import assert from "node:assert/strict";
import { type Judged, notHealthy, notReady } from "../../lib/cli/watch_health.ts";

type Watch = { [Part in keyof Judged]: Judged[Part] };

const NOTHING = {
  discovery: { containers: [], notFollowed: [], isComplete: true },
  joined: {},
} as unknown as NonNullable<
  Judged["controller"]["observation"]
>;

function watch(
  { controller = {}, applied = 1, failure = "", late = [] }: {
    controller?: Partial<Judged["controller"]>;
    applied?: number;
    failure?: string;
    late?: readonly string[];
  } = {},
): Watch {
  const generations = { wanted: 1, applied, inForce: applied };
  return {
    controller: { observation: NOTHING, lastPassAgeMs: 0, failure: "", ...controller },
    lanes: [{ agent: "scalyr", generations, failure }],
    late: { names: late },
  };
}

Deno.test("a watch is not ready before its first pass, nor before every agent has something on disk, each with the reason", () => {
  assert.deepEqual(notReady(watch()), []);
  assert.deepEqual(notReady(watch({ controller: { observation: undefined } })), ["There was no pass yet"]);
  assert.deepEqual(notReady(watch({ controller: { observation: undefined, failure: "No memory" } })), [
    "There was no pass yet: No memory",
  ]);
  assert.deepEqual(notReady(watch({ applied: 0, failure: "Cannot write /etc/a: disk full", late: ["vector"] })), [
    "Agent scalyr has nothing on disk yet: Cannot write /etc/a: disk full",
    "Agent vector cannot be opened; see the watcher's log",
  ]);
  assert.deepEqual(notReady(watch({ failure: "Cannot write /etc/a: disk full" })), [], "what is on disk stays good");
});

Deno.test("a watch is not healthy when there was no pass for three intervals and a minute, even if there never was one", () => {
  const health = (lastPassAgeMs: number | undefined, openForMs: number, failure = "") =>
    notHealthy(watch({ controller: { lastPassAgeMs, failure } }), { intervalMs: 60_000, openForMs });
  assert.deepEqual(health(240_000, 1e9), []);
  assert.deepEqual(health(240_001, 1e9, "No memory"), ["There was no pass for 240 s: No memory"]);
  assert.deepEqual(health(undefined, 240_000), []);
  assert.deepEqual(health(undefined, 250_000), ["There was no pass for 250 s"]);
});
