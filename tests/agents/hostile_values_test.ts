import assert from "node:assert/strict";
import { parseDocument } from "yaml";
import { HOSTILE_VALUES, hostileTarget } from "./hostile_values.ts";
import { criTarget } from "./log_targets.ts";
import { renderHere, renderInSandbox } from "./render_agent.ts";
import { renderScalyr, SCALYR } from "./render_scalyr.ts";

Deno.test("hostile values come back equal from scalyr's agent.json", async (t) => {
  for (const [value, comesBack = value] of HOSTILE_VALUES) {
    await t.step(JSON.stringify(value), async () => {
      const { config, errors, warnings } = await renderScalyr([hostileTarget(value)]);
      assert.deepEqual([errors, warnings], [[], []]);
      const [log] = config.logs;
      for (
        const key of ["application", "component", "environment", "version", "release", "pod", "namespace", "container"]
      ) {
        assert.equal(log?.attributes[key], comesBack, key);
      }
      assert.equal(log?.attributes.parser, comesBack);
      assert.equal(log?.attributes.plain, comesBack);
      assert.ok(Object.hasOwn(log.attributes, comesBack) && log.attributes[comesBack] === "plain");
      assert.equal((log?.redaction_rules[0] as { replacement?: string }).replacement, comesBack);
      assert.match(log!.path, /^\/var\/log\/scalyr-agent\/[0-9a-f]{64}\/[A-Za-z0-9._-]+\.log$/);
      // Nothing that Python's string.Template would replace, and one value per name.
      assert.match(log!.rename_logfile, /^\?[A-Za-z0-9*._+%=&-]+$/);
      const query = new URLSearchParams(log!.rename_logfile.slice(1));
      // The form encoding keeps U+0000, as %00.
      assert.equal(query.get("application"), value.toWellFormed());
      assert.deepEqual([...query.keys()], ["application", "component", "version", "container_id"]);
    });
  }
});

Deno.test("scalyr form-encodes rename_logfile as the predecessor did: a space is +, a dollar sign %24", async () => {
  const { config } = await renderScalyr([criTarget({ labels: { application: "a b$c&d=e" } })]);
  assert.match(config.logs[0]!.rename_logfile, /^\?application=a\+b%24c%26d%3De&component=&version=&container_id=/);
});

Deno.test("hostile values come back equal, as text, from AppDynamics' job files", async (t) => {
  for (const [value, comesBack = value] of HOSTILE_VALUES) {
    await t.step(JSON.stringify(value), async () => {
      const answer = await renderHere("appdynamics", [hostileTarget(value)], { settings: { destPath: "/jobs" } });
      const [target] = answer.targets.values();
      for (const version of ["1.1", "1.2"] as const) {
        const document = parseDocument(target?.files.job ?? "", { version });
        assert.deepEqual([document.errors, document.warnings], [[], []]);
        const { fields } = document.toJS();
        assert.deepEqual(fields, {
          sourceType: `application-${comesBack}`,
          nodeName: "node-1",
          LogFile: "0.log",
          application_id: comesBack,
          application_version: comesBack,
          container_name: comesBack,
          application_pod: comesBack,
          application_namespace: comesBack,
          kubernetes_cluster: "cluster-1",
          application_release: comesBack,
          tierName: comesBack,
          appName: comesBack,
          plain: comesBack,
          [comesBack]: "plain",
        });
      }
    });
  }
});

Deno.test("hostile values do not lead out of the folders of links, nor make a part of a path vanish", async () => {
  const targets = HOSTILE_VALUES.map(([value], index) => ({
    ...hostileTarget(value),
    id: index.toString(16).padStart(64, "0"),
  }));
  for (
    const [agent, settings, shape] of [
      ["scalyr", SCALYR, /^\/var\/log\/scalyr-agent\/[0-9a-f]{64}\/[A-Za-z0-9._-]+\.log$/],
      ["symlinker", { symlinkDir: "/links" }, /^\/links\/[0-9a-f]{64}(\/[A-Za-z0-9_-]+){6}\/[A-Za-z0-9_-]+\.log$/],
    ] as const
  ) {
    const { wanted, refused } = await renderInSandbox(agent, targets, { settings });
    assert.deepEqual(refused, []);
    const links = wanted.filter(({ kind }) => kind === "link");
    assert.equal(links.length, targets.length);
    for (const { path } of links) assert.match(path, shape);
  }
});

Deno.test("names as long as Kubernetes allows still make files and links", async () => {
  const long = criTarget({ podName: "p".repeat(253), labels: { version: "v".repeat(63) } });
  for (
    const [agent, settings] of [
      ["scalyr", SCALYR],
      ["symlinker", { symlinkDir: "/links" }],
      ["appdynamics", { destPath: "/jobs" }],
    ] as const
  ) {
    const { refused, wanted } = await renderInSandbox(agent, [long], { settings });
    assert.deepEqual(refused, []);
    assert.ok(wanted.every(({ path }) => path.split("/").every((part) => part.length <= 255)));
  }
});
