import assert from "node:assert/strict";
import { MULTILINE_PRESETS } from "../../../lib/hints/multiline_presets.ts";
import type { LogHints, LogTarget } from "../../../lib/join/log_target.ts";
import { HOSTILE_VALUES, hostileTarget } from "../../agents/hostile_values.ts";
import { criTarget, dockerTarget } from "../../agents/log_targets.ts";
import { renderHere } from "../../agents/render_agent.ts";
import { attributesIn, type FluentBitFile, withoutSpace } from "../../fuzz/expectations/fluent-bit.ts";
import { askRuby, RUBY } from "../fluentd/ruby.ts";
import { textsIn, watchStory } from "../fluentd/written_files.ts";
import { HOSTILE_NOTE } from "../log_story.ts";
import { withShipper } from "../obtain.ts";
import { readmeBlocks } from "../readme_blocks.ts";

// Fluent Bit itself is in no registry. What it reads its files with is tried instead, as Debian's Ruby has it: libyaml for the files, and Onigmo with Ruby's
// syntax for the expressions.

/** A file with what a hint makes. */
interface WithHints {
  readonly multiline_parsers: readonly { readonly rules: readonly { readonly regex: string }[] }[];
  readonly pipeline: { readonly filters: readonly { readonly exclude: string }[] };
}

async function textOf(target: LogTarget): Promise<string> {
  const { targets } = await renderHere("fluent-bit", [target], { settings: { destPath: "/d" } });
  return targets.get(target.id)!.files.container!;
}

withShipper(RUBY, (folder, test) => {
  async function readAll(texts: readonly string[]): Promise<FluentBitFile[]> {
    return await askRuby(folder, texts.map((text) => ({ kind: "yaml", text }))) as FluentBitFile[];
  }

  async function fileWith(hints: Partial<LogHints>, target = criTarget): Promise<WithHints> {
    const [file] = await readAll([await textOf(target({ hints }))]);
    return file as unknown as WithHints;
  }

  /** Matches as Fluent Bit does: what is between slashes, with Onigmo. */
  async function matches(regex: string, lines: readonly string[]): Promise<boolean[]> {
    assert.match(regex, /^\/[^]*\/$/);
    return (await askRuby(folder, [{ kind: "match", pattern: regex.slice(1, -1), lines }]))[0] as boolean[];
  }

  test("libyaml reads hostile values as they are, but for a space between $ and {", async () => {
    const files = await readAll(await Promise.all(HOSTILE_VALUES.map(([value]) => textOf(hostileTarget(value)))));
    HOSTILE_VALUES.forEach(([value, comesBack = value], index) => {
      const attributes = Object.entries(attributesIn(files[index]!));
      const found = new Map(attributes.map(([name, text]) => [withoutSpace(name), withoutSpace(text)]));
      assert.equal(found.get("kubernetes.pod_name"), comesBack);
      assert.equal(found.get("kubernetes.labels.plain"), comesBack);
      assert.equal(found.get(`kubernetes.labels.${comesBack}`), "plain");
    });
  });

  test("Onigmo finds first lines of all presets where JavaScript does, and all other lines go on", async () => {
    const lines = [
      "2026-01-01 12:00:00 ERROR x",
      "INFO: y",
      "\tat com.example.A.b(A.java:1)",
      "Caused by: java.io.IOException: z",
      "java.lang.IllegalStateException",
      "Traceback (most recent call last):",
      "ValueError: bad",
      "panic: boom",
      "goroutine 1 [running]:",
      "a.rb:1:in `b': c (RuntimeError)",
      "   --- End of inner exception stack trace ---",
      "[tag] é",
      "",
    ];
    for (const firstLine of [...MULTILINE_PRESETS.values(), "[\\s.-]$", "[^.-]$", "\\W$|\\D$"]) {
      const isFirst = lines.map((line) => new RegExp(firstLine).test(line));
      for (const target of [criTarget, dockerTarget]) {
        const { multiline_parsers } = await fileWith({ multiline: { preset: "", firstLine } }, target);
        const [first, other] = multiline_parsers[0]!.rules;
        // Docker's lines end with newlines.
        const read = target === criTarget ? lines : lines.map((line) => `${line}\n`);
        assert.deepEqual(await matches(first!.regex, read), isFirst);
        assert.deepEqual(await matches(other!.regex, read), isFirst.map((one) => !one));
      }
    }
  });

  test("Onigmo drops lines by rules of which the first that matches decides", async () => {
    const samplingRules = [
      { pattern: "keep|é", rate: 1 },
      { pattern: "^GET /health", rate: 0 },
      { pattern: "[${]x$", rate: 0 },
    ];
    const { pipeline } = await fileWith({ samplingRules });
    const lines = ["GET /health", "GET /health é", "a\nGET /health", "{x", "$x\n", "x", "keep {x", ""];
    const each = await Promise.all(pipeline.filters.map(({ exclude }) => matches(exclude.replace(/^log /, ""), lines)));
    const isDropped = lines.map((_, index) => each.some((answers) => answers[index]));
    assert.deepEqual(isDropped, [true, false, true, true, true, false, false, false]);
  });

  test("the watcher writes what libyaml reads, through a change of labels", async () => {
    await watchStory("fluent-bit", {
      destSetting: "WATCHER_FLUENT_BIT_DEST_PATH",
      read: async (destPath) => (await readAll(textsIn(destPath, /\/klw_[0-9a-f]{64}\.yaml$/))).map(attributesIn),
      versionOf: (attributes) => attributes["kubernetes.labels.version"],
      first(written, logs) {
        assert.deepEqual(
          written.map((attributes) => attributes["kubernetes.docker_id"]).sort(),
          logs.map(({ container }) => container.id).sort(),
        );
        for (const attributes of written) {
          assert.equal(withoutSpace(attributes["kubernetes.labels.note"]!), HOSTILE_NOTE);
          assert.equal(attributes["kubernetes.labels.team"], "checkout");
          assert.equal(attributes["kubernetes.namespace_name"], "shop");
        }
      },
      last: () => {},
    });
  });

  test("libyaml reads the README's configuration, which includes the files", async () => {
    const blocks = readmeBlocks("fluent-bit", "yaml");
    const [, main] = await askRuby(folder, blocks.map((text) => ({ kind: "yaml", text }))) as Record<string, unknown>[];
    assert.deepEqual(Object.keys(main!), ["service", "includes", "pipeline"]);
    assert.deepEqual(main!.includes, ["/etc/fluent-bit/k8s.d/*.yaml"]);
  });
});
