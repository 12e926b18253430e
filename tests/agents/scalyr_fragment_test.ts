import assert from "node:assert/strict";
import { assertGolden } from "./golden_file.ts";
import { criTarget, dockerTarget } from "./log_targets.ts";
import { NODE, renderHere, renderInSandbox } from "./render_agent.ts";
import { renderScalyr } from "./render_scalyr.ts";

const SETTINGS = { fragment: true };
const DOCKER = dockerTarget({
  podName: "web-7c9d8f6b5-x2k4q",
  labels: { application: "web", component: "frontend", version: "1.10" },
  attributes: { team: "checkout" },
  hints: {
    parser: "accessLog",
    samplingRules: [{ pattern: "DEBUG", rate: 0.1 }],
    redactionRules: [{ pattern: "card=\\d+", replacement: "card=***" }],
  },
});
const CRI = criTarget();

/** Renders the fragment. */
async function fragment(settings: Readonly<Record<string, unknown>> = {}, node = NODE) {
  const { nodes } = await renderHere("scalyr", [CRI, DOCKER], { settings: { ...SETTINGS, ...settings }, node });
  assert.deepEqual([...nodes.keys()], ["fragment"]);
  return JSON.parse(nodes.get("fragment")?.contents ?? "");
}

Deno.test("scalyr's fragment is the golden file, byte by byte; agent.json is not written, and no API key is needed", async () => {
  const { wanted, refused, warnings } = await renderInSandbox("scalyr", [DOCKER, CRI], { settings: SETTINGS });
  assert.deepEqual([refused, warnings], [[], []]);
  const files = wanted.flatMap((one) => one.kind === "file" ? [one] : []);
  assert.deepEqual(files.map(({ path, mode }) => [path, mode]), [
    ["/etc/scalyr-agent-2/agent.d/50-kube-log-watcher.json", 0o640],
  ]);
  assert.equal(wanted.length, 1, "There are no links");
  assertGolden("scalyr/50-kube-log-watcher.json", files[0]!.contents);
});

Deno.test("scalyr's fragment has no key that the operator's agent.json may have, too", async () => {
  // Scalyr refuses the whole configuration for any other key that is in two files.
  const mayBeTwice = ["import_vars", "logs", "journald_logs", "k8s_logs", "monitors", "server_attributes", "workers"];
  assert.deepEqual(Object.keys(await fragment({ enableProfiling: true, server: "https://eu.scalyr.com" })), ["logs"]);
  const journald = Object.keys(await fragment({ journald: true, parseLinesJson: "*" }));
  assert.deepEqual(journald, ["logs", "monitors", "journald_logs"]);
  assert.deepEqual(journald.filter((key) => !mayBeTwice.includes(key)), []);
});

Deno.test("scalyr's fragment says with each log what agent.json says for all", async () => {
  const node = { name: "n", clusterId: "", clusterEnvironment: "production", clusterAlias: "a" };
  const { logs } = await fragment({}, node);
  const [cri] = logs;
  assert.deepEqual(cri.attributes, {
    cluster_environment: "production",
    cluster_alias: "a",
    node: "n",
    application: "web-3",
    environment: "production",
    pod: "web-3",
    namespace: "shop",
    container: "app",
    container_id: CRI.id,
    parser: "json",
  });
});

Deno.test("scalyr's fragment names a log by a pattern that matches it alone, which stays when labels change", async () => {
  const logPath = "/var/log/pods/a_b[1]*_?/app/0.log";
  for (const labels of [{}, { application: "a", version: "2" }]) {
    const { nodes } = await renderHere("scalyr", [criTarget({ logPath, labels })], { settings: SETTINGS });
    const { logs } = JSON.parse(nodes.get("fragment")?.contents ?? "");
    assert.equal(logs[0].path, "/var/log/pods/a_b[[]1][*]_[?]/app/0.log");
  }
});

Deno.test("scalyr's list of parsers is refused where it could mean two things", async () => {
  const { errors, config } = await renderScalyr([CRI], {
    settings: { destPath: "/links", apiKey: "k", parseLinesJson: "a, b=c = d" },
  });
  assert.match(errors[0] ?? "", /WATCHER_SCALYR_PARSE_LINES_JSON has "b=c=d"; write parser, parser=other or \*/);
  assert.deepEqual(config.logs, []);
});
