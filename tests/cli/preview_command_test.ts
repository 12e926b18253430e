import assert from "node:assert/strict";
import { previewSource } from "../../lib/cli/preview_config.ts";
import { diffOf } from "../../lib/cli/preview_diff.ts";
import { previewJson } from "../../lib/cli/preview_json.ts";
import { previewText } from "../../lib/cli/preview_text.ts";
import { PREVIEW } from "./command_double.ts";
import { programCommand, runProgram } from "./program.ts";

Deno.test("preview prints each file with its path, then the containers that are not collected with reasons", async () => {
  const { code, out, err } = await runProgram(["preview", "links", "--links-dir", "/links"]);
  assert.equal(code, 0);
  assert.equal(
    out,
    [
      "# Agent links: 3 files, 1 link",
      "",
      "==> /links/a.log -> /var/log/pods/a/0.log",
      "",
      "==> /links/a.conf (mode 0640)",
      "one",
      "two",
      "",
      "==> /links/same.conf (mode 0640)",
      "same",
      "",
      "==> /links/old.conf (mode unknown)",
      "",
      "not expressed parser: links have none (shop/a web, shop/b web)",
      "",
      "# Containers: 1 collected, 1 not",
      "",
      "excluded shop/b web: label team is missing",
      "",
    ].join("\n"),
  );
  assert.equal(
    err,
    "Previewing sample links\nwarning: Annotation y of pod shop/a is not usable\n" +
      "warning: agent links: shop/a: annotation x is not JSON\n",
  );
});

Deno.test("preview says which sample values stand for settings that are not set, and never shows a secret", async () => {
  const { code, err } = await runProgram(["preview"], { env: { WATCHER_EXAMPLE_API_KEY: "s3cret" } });
  assert.equal(code, 0);
  assert.match(err, /^Previewing sample example,links$/m);
  assert.match(err, /not set: WATCHER_EXAMPLE_DEST_PATH=\/var\/log\/example, WATCHER_LINKS_DIR=\/var\/log\/links$/m);
  assert.doesNotMatch(err, /s3cret/);
});

Deno.test("preview takes the agents named, else those of the setting, else all; unknown ones are an error", async () => {
  const rows: [string[], Record<string, string>, RegExp][] = [
    [["preview", "example", "--links-dir", "/x"], {}, /belongs to agent links/],
    [["preview", "--debug", "example"], { WATCHER_AGENTS: "links" }, /Previewing sample example$/m],
    [["preview"], { WATCHER_AGENTS: "links" }, /Previewing sample links$/m],
    [["preview", "exampel"], {}, /Agent "exampel" is not known; did you mean example\?/],
  ];
  for (const [args, env, pattern] of rows) assert.match((await runProgram(args, { env })).err, pattern);
});

Deno.test("preview looks at the real thing as soon as one of its places is given, else at the sample", () => {
  const none = new Map<string, string>();
  assert.equal(previewSource({ flags: none, env: { WATCHER_INTERVAL: "5", HOME: "/root" } }), "sample");
  assert.equal(previewSource({ flags: none, env: { KUBECONFIG: "" } }), "sample");
  for (
    const env of [{ KUBECONFIG: "/k" }, { WATCHER_KUBE_URL: "http://p" }, { WATCHER_CONTAINERS_PATH: "/c" }, {
      WATCHER_POD_LOGS_PATH: "/p",
    }]
  ) {
    assert.equal(previewSource({ flags: none, env }), "real");
  }
  for (const flag of ["kubeconfig", "kube-url", "containers-path", "pod-logs-path"]) {
    assert.equal(previewSource({ flags: new Map([[flag, "/x"]]), env: {} }), "real");
  }
});

Deno.test("preview --diff shows created, updated and removed files as unified diffs, unchanged ones as a number", () => {
  assert.equal(
    previewText(PREVIEW, { differ: diffOf }),
    [
      "# Agent links: 1 created, 1 updated, 1 removed, 1 unchanged",
      "",
      "--- /dev/null",
      "+++ /links/a.log",
      "@@ -0,0 +1,1 @@",
      "+-> /var/log/pods/a/0.log",
      "",
      "--- /links/a.conf",
      "+++ /links/a.conf",
      "@@ -1,1 +1,2 @@",
      " one",
      "+two",
      "",
      "--- /links/old.conf",
      "+++ /dev/null",
      "@@ -1,1 +0,0 @@",
      "-old",
      "",
      "not expressed parser: links have none (shop/a web, shop/b web)",
      "",
      "# Containers: 1 collected, 1 not",
      "",
      "excluded shop/b web: label team is missing",
      "",
    ].join("\n"),
  );
});

Deno.test("preview --output json has stable keys, and the diff only where it is asked for", async () => {
  const { out } = await runProgram(["preview", "links", "--output", "json", "--links-dir", "/x"]);
  const { source, agents, containers, problems } = JSON.parse(out);
  assert.deepEqual(agents[0].unexpressed[1], {
    pod: "shop/b",
    container: "web",
    hint: "parser",
    reason: "links have none",
  });
  assert.deepEqual(problems, PREVIEW.problems);
  assert.equal(source, "sample links");
  assert.deepEqual(agents[0].files[0], {
    path: "/links/a.log",
    kind: "link",
    target: "/var/log/pods/a/0.log",
    change: "created",
  });
  assert.deepEqual(Object.keys(containers[0]), ["key", "pod", "container", "state", "reason"]);
  assert.match(JSON.parse(previewJson(PREVIEW, diffOf)).agents[0].files[1].diff, /^--- \/links\/a\.conf\n/);
  assert.doesNotMatch(previewJson(PREVIEW, diffOf), /before/);
});

Deno.test("preview fails when an agent refused a container or one failed", async () => {
  assert.equal((await runProgram(["preview", "links", "--cluster-id", "refuse"])).code, 1);
});

Deno.test("control characters of labels and annotations are shown, not sent, on a screen", () => {
  const result = {
    ...PREVIEW,
    agents: [{
      ...PREVIEW.agents[0]!,
      files: [{ path: "/a\x1b]0;x\x07", kind: "file" as const, contents: "a\tb\n\x9b31m", mode: "0640" }],
    }],
  };
  const screen = previewText(result, { isScreen: true });
  assert.ok(screen.includes("/a\\x1b]0;x\\x07"));
  assert.ok(screen.includes("a\tb\n\\x9b31m"));
  assert.ok(previewText(result).includes("\x9b31m"));
});

Deno.test("colours come only when asked for, and a patch stays a patch without them", () => {
  // deno-lint-ignore no-control-regex
  assert.doesNotMatch(previewText(PREVIEW, { differ: diffOf }), /\x1b/);
  assert.ok(previewText(PREVIEW, { differ: diffOf, isColored: true }).includes("\x1b[32m+two\x1b[0m"));
});

Deno.test("a reader of the output that goes away is no error", async () => {
  await using child = programCommand(["preview", "links", "--cluster-id", "long"]).spawn();
  const reader = child.stdout.getReader();
  await reader.read();
  await reader.cancel();
  const err = await new Response(child.stderr).text();
  assert.equal((await child.status).code, 0);
  assert.doesNotMatch(err, /error/i);
});
