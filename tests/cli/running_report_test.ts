import assert from "node:assert/strict";
import { runningReport } from "../../lib/cli/running_report.ts";
import type { Config } from "../../lib/config/config.ts";

Deno.test("a secret is hidden in whatever an agent wrote or said, and changes nothing else of a report, however short or strange it is", () => {
  for (const secret of ["k", "files", 'a"b', "1", "symlinker"]) {
    const target = {
      id: "abcdef0123456789",
      log: { path: "/logs/0.log" },
      hints: { agents: [] },
      attributes: {},
      container: { imageReference: "" },
    };
    const contents = JSON.stringify({
      api_key: secret,
      logs: [{ path: target.log.path, note: `with ${secret} in it` }],
    });
    const lane = {
      agent: "symlinker",
      generations: { wanted: 1, applied: 1 },
      failure: `it said ${secret}`,
      hasFailed: false,
      rendered: {
        targets: [target],
        rendering: {
          wanted: [{ kind: "file", path: "/out/all.json", root: "/out", contents, mode: 0o640 }],
          refused: [],
          warnings: [{ targetId: target.id, subject: `label ${secret}`, expected: "another" }],
          unexpressed: [],
        },
      },
    };
    const container = {
      key: "1",
      podUid: "u",
      namespace: "shop",
      podName: "web",
      containerName: "app",
      logPath: "/logs/0.log",
    };
    const status = { state: "collected", reason: "Log and pod are known" };
    const report = runningReport({
      config: {
        agents: [{ secrets: ["apiKey"], settings: { apiKey: secret } }],
        node: { name: "node-1" },
        requiredLabels: [],
        rules: { constraints: [], hints: [], scalyrSampling: [] },
      } as unknown as Config,
      controller: {
        observation: {
          discovery: { containers: [], notFollowed: [], isComplete: true },
          joined: { memory: new Map([["1", { container, target, status }]]), problems: [] },
        },
        since: new Map(),
      } as never,
      lanes: [lane] as never,
      late: { names: [] },
      hints: { sources: () => ({ wishes: {}, attributes: {}, rules: [] }) },
      api: "not asked",
      hasPods: () => false,
    }, "web");
    const { failure, missing, ...agent } = report.agents[0]!;
    assert.deepEqual(agent, {
      name: "symlinker",
      wantedGeneration: 1,
      appliedGeneration: 1,
      containers: 1,
      files: 1,
      links: 0,
      refused: 0,
    });
    assert.deepEqual(missing?.length, 1);
    const [part] = report.containers[0]!.agents;
    assert.equal(part?.name, "symlinker");
    const said = [failure, ...part!.entries.map(({ text }) => JSON.parse(text).note), ...part!.warnings];
    assert.equal(said.length, 3);
    for (const text of said) assert.ok(text.includes("***") && !text.includes(` ${secret} `), text);
  }
});
