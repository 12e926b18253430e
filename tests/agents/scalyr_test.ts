import assert from "node:assert/strict";
import { assertGolden } from "./golden_file.ts";
import { criTarget, dockerTarget } from "./log_targets.ts";
import { renderInSandbox } from "./render_agent.ts";
import { JWT_RULE, renderScalyr, SCALYR } from "./render_scalyr.ts";

const DOCKER = dockerTarget({
  podName: "web-7c9d8f6b5-x2k4q",
  labels: { application: "web", component: "frontend", environment: "staging", version: "1.10", release: "r42" },
  annotations: {
    "kubernetes-log-watcher/scalyr-parser": '[{"container": "app", "parser": "accessLog"}]',
    "kubernetes-log-watcher/scalyr-sampling-rules":
      '[{"container": "app", "sampling-rules": [{"match_expression": "DEBUG", "sampling_rate": 0.1}]}]',
    "kubernetes-log-watcher/scalyr-redaction-rules":
      '[{"container": "app", "redaction-rules": [{"match_expression": "card=(\\\\d+)", "replacement": "card=***"}]}]',
  },
});
const CRI = criTarget();

Deno.test("scalyr's files for Docker and CRI containers are those of the golden file, byte by byte", async () => {
  const { wanted, refused, warnings } = await renderInSandbox("scalyr", [DOCKER, CRI], { settings: SCALYR });
  assert.deepEqual([refused, warnings], [[], []]);
  assert.deepEqual(
    wanted.map((one) => one.kind === "link" ? [one.path, one.target] : [one.path, one.mode]),
    [
      [`/var/log/scalyr-agent/${CRI.id}/web-3-none.log`, CRI.log.path],
      [`/var/log/scalyr-agent/${DOCKER.id}/web-1.10.log`, DOCKER.log.path],
      ["/etc/scalyr-agent-2/agent.json", 0o640],
    ],
  );
  const file = wanted.find((one) => one.kind === "file");
  assertGolden("scalyr/agent.json", file?.contents ?? "");
});

Deno.test("scalyr's agent.json says what that of kubernetes-log-watcher 0.42 said, in the same order", async () => {
  const { config } = await renderScalyr([DOCKER, CRI]);
  const expected = {
    api_key: "the-key",
    server_attributes: {
      serverHost: "cluster-1",
      cluster: "cluster-1",
      cluster_environment: "production",
      cluster_alias: "none",
      environment: "production",
      node: "node-1",
      parser: "json",
    },
    implicit_metric_monitor: false,
    implicit_agent_process_metrics_monitor: false,
    include_raw_timestamp_field: false,
    compression_type: "deflate",
    compression_level: 6,
    max_line_size: 49900,
    read_page_size: 131072,
    logs: [
      {
        path: `/var/log/scalyr-agent/${CRI.id}/web-3-none.log`,
        attributes: {
          application: "web-3",
          pod: "web-3",
          namespace: "shop",
          container: "app",
          container_id: CRI.id,
        },
        rename_logfile: `?application=web-3&component=&version=&container_id=${CRI.id}`,
        copy_from_start: true,
        redaction_rules: [JWT_RULE],
        parse_format: "cri",
      },
      {
        path: `/var/log/scalyr-agent/${DOCKER.id}/web-1.10.log`,
        attributes: {
          application: "web",
          component: "frontend",
          environment: "staging",
          version: "1.10",
          release: "r42",
          pod: "web-7c9d8f6b5-x2k4q",
          namespace: "shop",
          container: "app",
          container_id: DOCKER.id,
          parser: "accessLog",
        },
        rename_logfile: `?application=web&component=frontend&version=1.10&container_id=${DOCKER.id}`,
        copy_from_start: true,
        sampling_rules: [{ match_expression: "DEBUG", sampling_rate: 0.1 }],
        redaction_rules: [{ match_expression: "card=(\\d+)", replacement: "card=***" }, JWT_RULE],
      },
    ],
    monitors: [],
    journald_logs: [],
  };
  assert.deepEqual(config, expected);
  assert.equal(JSON.stringify(config), JSON.stringify(expected), "The order of the keys differs");
});

Deno.test("scalyr writes a valid agent.json for a node without containers", async () => {
  const { config } = await renderScalyr([]);
  assert.deepEqual(config.logs, []);
});

Deno.test("scalyr leaves server attributes out that are empty, and attributes that repeat a server attribute", async () => {
  const node = { name: "n", clusterId: "", clusterEnvironment: "test", clusterAlias: "a" };
  const targets = [
    criTarget({ id: "a".repeat(64), labels: { environment: "test" } }),
    criTarget({ id: "b".repeat(64), labels: { environment: "production" } }),
  ];
  const { config } = await renderScalyr(targets, { node });
  assert.deepEqual(config.server_attributes, {
    cluster_environment: "test",
    cluster_alias: "a",
    environment: "test",
    node: "n",
    parser: "json",
  });
  assert.deepEqual(config.logs.map((log) => log.attributes.environment), [undefined, "production"]);
});

Deno.test("scalyr's settings each change what they are for", async (t) => {
  const cases: [name: string, settings: object, expected: object][] = [
    ["white space around the key", { apiKey: " k\n" }, { api_key: "k" }],
    ["server", { server: "https://eu.scalyr.com" }, { scalyr_server: "https://eu.scalyr.com" }],
    ["no server", { server: undefined }, { scalyr_server: undefined }],
    ["profiling", { enableProfiling: true }, { enable_profiling: true }],
    ["no profiling", { enableProfiling: false }, { enable_profiling: undefined }],
    ["journald", { journald: true }, {
      monitors: [{
        module: "scalyr_agent.builtin_monitors.journald_monitor",
        monitor_log_write_rate: 10000,
        monitor_log_max_write_burst: 200000,
      }],
      journald_logs: [{
        journald_unit: ".*",
        parser: "journald_monitor",
        attributes: { cluster: "cluster-1", node: "node-1" },
      }],
    }],
    ["all of journald", {
      journald: true,
      journaldPath: "/var/log/journal",
      journaldWriteRate: 1,
      journaldWriteBurst: 2,
      journaldExtraFields: { _COMM: "command" },
      journaldAttributes: { team: "a", count: 3, on: true, none: null, node: "other" },
    }, {
      monitors: [{
        module: "scalyr_agent.builtin_monitors.journald_monitor",
        journal_path: "/var/log/journal",
        monitor_log_write_rate: 1,
        monitor_log_max_write_burst: 2,
        journal_fields: { _COMM: "command" },
      }],
      journald_logs: [{
        journald_unit: ".*",
        parser: "journald_monitor",
        attributes: { team: "a", count: "3", on: "true", node: "node-1", cluster: "cluster-1" },
      }],
    }],
    ["journald's settings without journald", { journald: false, journaldPath: "/j" }, {
      monitors: [],
      journald_logs: [],
    }],
  ];
  for (const [name, settings, expected] of cases) {
    await t.step(name, async () => {
      const { config } = await renderScalyr([], { settings: { ...SCALYR, ...settings } });
      for (const [key, value] of Object.entries(expected)) {
        assert.deepEqual((config as unknown as Record<string, unknown>)[key], value, key);
      }
    });
  }
});

Deno.test("scalyr takes folders of links as they are written, but none that it would take for a pattern", async () => {
  const settings = { ...SCALYR, destPath: "/links/" };
  const { config } = await renderScalyr([CRI], { settings });
  assert.equal(config.logs[0]?.path, `/links/${CRI.id}/web-3-none.log`);
  for (const destPath of ["/links/*", "/links/[a]", "/links/?"]) {
    const { errors, config } = await renderScalyr([CRI], { settings: { ...SCALYR, destPath } });
    assert.match(errors[0] ?? "", /WATCHER_SCALYR_DEST_PATH/);
    assert.deepEqual(config.logs, []);
  }
});

Deno.test("scalyr decodes Docker's envelope only for the parsers that the operator lists; CRI's always", async (t) => {
  const cases: [list: string | undefined, parser: string, docker: (string | undefined)[], cri: string | undefined][] = [
    // Setting, parser of the annotation; then parse_format and parser for Docker, and parser for CRI.
    [undefined, "json", [undefined, undefined], undefined],
    ["", "web", [undefined, "web"], "web"],
    ["json", "json", ["json", undefined], undefined],
    ["json", "web", [undefined, "web"], "web"],
    ["json=app", "json", ["json", "app"], "app"],
    [" json = app , web ", "web", ["json", "web"], "web"],
    ["web=json", "web", ["json", undefined], undefined],
    ["*", "web", ["json", "web"], "web"],
    ["*,web=app", "web", ["json", "app"], "app"],
    [",,=x", "web", [undefined, "web"], "web"],
    ["__proto__", "constructor", [undefined, "constructor"], "constructor"],
  ];
  for (const [parseLinesJson, parser, docker, cri] of cases) {
    await t.step(`${parseLinesJson} for ${parser}`, async () => {
      const annotations = {
        "kubernetes-log-watcher/scalyr-parser": JSON.stringify([{ container: "app", parser }]),
      };
      const settings = { ...SCALYR, parseLinesJson };
      const { config } = await renderScalyr([criTarget({ annotations }), dockerTarget({ annotations })], { settings });
      const [criLog, dockerLog] = config.logs;
      assert.deepEqual([dockerLog?.parse_format, dockerLog?.attributes.parser], docker);
      assert.deepEqual([criLog?.parse_format, criLog?.attributes.parser], ["cri", cri]);
      // Docker splits lines at 16 KiB: without this key the pieces stay apart.
      assert.equal(config.merge_json_parsed_lines, docker[0] === "json" ? true : undefined);
    });
  }
});
