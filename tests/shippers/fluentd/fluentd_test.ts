import assert from "node:assert/strict";
import { MULTILINE_PRESETS } from "../../../lib/hints/multiline_presets.ts";
import { readFluentd } from "../../../agents/fluentd/read_fluentd.ts";
import type { LogHints, LogTarget } from "../../../lib/join/log_target.ts";
import { HOSTILE_VALUES, hostileTarget } from "../../agents/hostile_values.ts";
import { criTarget } from "../../agents/log_targets.ts";
import { renderHere } from "../../agents/render_agent.ts";
import { Scene } from "../../e2e/scene.ts";
import { fluentdRecord } from "../../fuzz/expectations/fluentd.ts";
import { CRI_POD, HOSTILE_NOTE } from "../log_story.ts";
import { startLogs } from "../log_tree.ts";
import { withShipper } from "../obtain.ts";
import { readmeBlocks } from "../readme_blocks.ts";
import { askRuby, fromBase64, RUBY } from "./ruby.ts";
import { textsIn, watchStory } from "./written_files.ts";

// Fluentd itself is in no registry that can be relied on. What reads its files is tried instead: Ruby, with the expressions and the code that the agent
// wrote, and the agent's reader of Fluentd's language.

const BAD_UTF8 = Uint8Array.of(0x63, 0xff, 0x61, 0x3d, 0x31);

async function textOf(target: LogTarget): Promise<string> {
  const { targets } = await renderHere("fluentd", [target], { settings: { destPath: "/d" } });
  return targets.get(target.id)!.files.container!;
}

/** Finds the values of a field in all record_transformers. */
function placeholders(text: string, field: string): string[] {
  const filters = readFluentd(text).flatMap(({ sections }) => sections);
  return filters.flatMap(({ sections }) => sections).flatMap(({ values }) => values.get(field) ?? []);
}

withShipper(RUBY, (folder, test) => {
  async function made(hints: Partial<LogHints>, { field, lines }: { field: string; lines: (string | Uint8Array)[] }) {
    const [placeholder = ""] = placeholders(await textOf(criTarget({ hints })), field);
    const kind = field === "log" ? "text" as const : "value" as const;
    const [answer] = await askRuby(folder, [{ kind, placeholder, lines }]);
    return field === "log" ? (answer as string[]).map(fromBase64) : answer as unknown[];
  }

  test("Ruby replaces what redaction rules match, with plain text, in order, also in lines that are no UTF-8", async () => {
    const replacement = 'card="#{1+1}" \\1 \\0 \\\\ $1 ${x}';
    const redactionRules = [
      { pattern: "card=\\d+", replacement },
      { pattern: "é+|^a", replacement: "日本" },
      { pattern: "=1", replacement: "" },
    ];
    const lines = ["card=4711 card=1", "aéa", "nothing", "", BAD_UTF8, "two\ncard=2\n"];
    assert.deepEqual(await made({ redactionRules }, { field: "log", lines }), [
      `${replacement} ${replacement}`,
      "日本日本a",
      "nothing",
      "",
      "c\ufffda",
      `two\n${replacement}`,
    ]);
  });

  test("Ruby drops lines by sampling rules of which the first that matches decides", async () => {
    const samplingRules = [
      { pattern: "é", rate: 1 },
      { pattern: "GET /health", rate: 0 },
      { pattern: "half", rate: 0.5 },
      { pattern: "never", rate: 1e-12 },
    ];
    const lines = ["é GET /health", "GET /health", "other", BAD_UTF8, "never"];
    const dropped = await made({ samplingRules }, { field: "klw_dropped", lines });
    assert.deepEqual(dropped, [false, true, false, false, true]);
    const many = await made({ samplingRules }, { field: "klw_dropped", lines: Array(1_000).fill("half") });
    // 16 standard deviations on both sides.
    const count = many.filter((one) => one === true).length;
    assert.ok(count > 250 && count < 750, String(count));
  });

  test("Ruby reads hostile attributes as JSON with the values that they have", async () => {
    for (const [value] of HOSTILE_VALUES) {
      const text = await textOf(hostileTarget(value));
      const json = placeholders(text, "kubernetes");
      assert.equal(json.length, 1);
      assert.deepEqual(await askRuby(folder, [{ kind: "json", text: json[0]! }]), [JSON.parse(json[0]!)]);
    }
  });

  test("Ruby finds first lines of all presets where JavaScript finds them", async () => {
    const lines = [
      "2026-01-01 12:00:00 ERROR x",
      "INFO: y",
      "\tat com.example.A.b(A.java:1)",
      "Caused by: java.io.IOException: z",
      "java.lang.IllegalStateException",
      "Traceback (most recent call last):",
      '  File "a.py", line 1, in <module>',
      "ValueError: bad",
      "panic: boom",
      "goroutine 1 [running]:",
      "main.main()",
      "a.rb:1:in `b': c (RuntimeError)",
      "\tfrom a.rb:2:in `<main>'",
      "   --- End of inner exception stack trace ---",
      "[tag] é",
      "",
    ];
    for (const firstLine of MULTILINE_PRESETS.values()) {
      const text = await textOf(criTarget({ hints: { multiline: { preset: "", firstLine } } }));
      const filters = readFluentd(text).flatMap(({ sections }) => sections);
      const [written] = filters.flatMap(({ values }) => values.get("multiline_start_regexp") ?? []);
      const [answer] = await askRuby(folder, [{ kind: "match", pattern: written!.slice(1, -1), lines }]);
      assert.deepEqual(answer, lines.map((line) => new RegExp(firstLine).test(line)));
    }
  });

  test("the expression takes all lines of containerd apart, whatever is in them", async () => {
    await using scene = await Scene.open({ isFilled: false });
    const [log] = await startLogs(CRI_POD, scene.paths);
    log!.write("");
    log!.write(` ${HOSTILE_NOTE.replaceAll("\n", " ")}`, { stream: "stderr" });
    log!.write("x".repeat(40_000));
    const filters = readFluentd(await textOf(criTarget())).flatMap(({ sections }) => sections);
    const expression = filters.flatMap(({ values }) => values.get("expression") ?? [])[0]!;
    const lines = Deno.readTextFileSync(log!.path).split("\n").slice(0, -1);
    const tagged = "2026-01-01T00:00:00+00:00 stdout F:x tagged";
    const question = { kind: "capture", pattern: expression.slice(1, -1), lines: [...lines, tagged] } as const;
    const [answer] = await askRuby(folder, [question]) as [Record<"log" | "logtag" | "stream", string>[]];
    let joined = "";
    const read: string[] = [];
    for (const captured of answer) {
      joined += fromBase64(captured.log);
      if (fromBase64(captured.logtag) === "P") continue;
      read.push(`${fromBase64(captured.stream)} ${joined}`);
      joined = "";
    }
    assert.deepEqual(read, [...log!.written.map(({ stream, text }) => `${stream} ${text}`), "stdout tagged"]);
  });

  test("the watcher writes what the reader of Fluentd's language takes, through a change of labels", async () => {
    await watchStory("fluentd", {
      destSetting: "WATCHER_FLUENTD_DEST_PATH",
      read: (destPath) => textsIn(destPath, /\/klw_[0-9a-f]{64}\.conf$/).map(fluentdRecord),
      versionOf: ({ kubernetes }) => kubernetes.labels.version,
      first(written) {
        for (const { kubernetes: { labels, ...kubernetes } } of written) {
          assert.deepEqual(labels, {
            application: "story",
            environment: "production",
            version: "1",
            note: HOSTILE_NOTE,
            team: "checkout",
          });
          assert.deepEqual([kubernetes.namespace_name, kubernetes.cluster_name], ["shop", "cluster-1"]);
        }
      },
      async last(written) {
        const texts = written.map(({ kubernetes }) => ({ kind: "json" as const, text: JSON.stringify(kubernetes) }));
        assert.deepEqual(await askRuby(folder, texts), written.map(({ kubernetes }) => kubernetes));
      },
    });
  });
});

Deno.test("the README's configuration of Fluentd has the label and the include that the files need", () => {
  const [, config = ""] = readmeBlocks("fluentd", "");
  assert.match(config, /^@include k8s\.d\/\*\.conf$/m);
  assert.match(config, /^<label @K8S>$/m);
  // The reader takes the rest, too.
  assert.deepEqual(readFluentd(config).map(({ name }) => name), ["system", "label"]);
});
