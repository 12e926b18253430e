import assert from "node:assert/strict";
import { join } from "node:path";
import { parse } from "yaml";
import type { LogHints } from "../../../lib/join/log_target.ts";
import { MULTILINE_PRESETS } from "../../../lib/hints/multiline_presets.ts";
import { HOSTILE_VALUES, hostileTarget } from "../../agents/hostile_values.ts";
import { criTarget, dockerTarget } from "../../agents/log_targets.ts";
import { renderHere } from "../../agents/render_agent.ts";
import { withoutSpaces } from "../../fuzz/expectations/datadog.ts";
import { textsIn, watchStory } from "../fluentd/written_files.ts";
import { HOSTILE_NOTE } from "../log_story.ts";
import { withShipper } from "../obtain.ts";
import { readmeBlocks } from "../readme_blocks.ts";
import { type DatadogEvent, LOGS_CONFIG, shippedBy } from "./logs_config.ts";

// The Datadog agent itself cannot be had: the modules that it is made of are not all in Go's proxy. What it reads files with is tried instead: yaml.v2 and
// Go's regular expressions, in a program that does with rules what the agent's source says.

/** Lines as the runtimes write them. */
const WRITTEN = {
  cri: (line: string) => `2026-01-01T00:00:00.1Z stdout F ${line}\n`,
  docker: (line: string) =>
    `${JSON.stringify({ log: `${line}\n`, stream: "stdout", time: "2026-01-01T00:00:00.1Z" })}\n`,
};

withShipper(LOGS_CONFIG, (folder, test) => {
  /** Ships lines of a log with hints. */
  async function ship(
    hints: Partial<LogHints>,
    { layout = "cri", lines }: { layout?: "cri" | "docker"; lines: string[] },
  ) {
    const work = await Deno.makeTempDir();
    try {
      const logPath = join(work, "0.log");
      await Deno.writeTextFile(logPath, lines.map(WRITTEN[layout]).join(""));
      const target = (layout === "cri" ? criTarget : dockerTarget)({ logPath, hints });
      const { targets } = await renderHere("datadog", [target], { settings: { destPath: "/d" } });
      const file = join(work, "conf.yaml");
      await Deno.writeTextFile(file, targets.get(target.id)!.files.container!);
      return (await shippedBy(folder, [file])).map(({ message }) => message);
    } finally {
      await Deno.remove(work, { recursive: true });
    }
  }

  test("yaml.v2 reads hostile values as they are, but for a space between percent signs", async () => {
    const work = await Deno.makeTempDir();
    try {
      const logPath = join(work, "0.log");
      await Deno.writeTextFile(logPath, WRITTEN.cri("x"));
      for (const [value, comesBack = value] of [...HOSTILE_VALUES, ["%%env_HOME%%"], ["ENC[x]"]]) {
        const target = hostileTarget(value!);
        const moved = { ...target, log: { ...target.log, path: logPath } };
        const { targets } = await renderHere("datadog", [moved], { settings: { destPath: "/d" } });
        const file = join(work, "conf.yaml");
        await Deno.writeTextFile(file, targets.get(target.id)!.files.container!);
        const [event] = await shippedBy(folder, [file]);
        assert.equal(withoutSpaces(event!.service), comesBack);
        const tags = event!.tags.map(withoutSpaces);
        for (const tag of [`pod_name:${comesBack}`, `plain:${comesBack}`, `${comesBack}:plain`]) {
          assert.ok(tags.includes(tag));
        }
        assert.equal(event!.message, "x");
      }
    } finally {
      await Deno.remove(work, { recursive: true });
    }
  });

  test("Go's expressions take envelopes off, drop and replace, for both runtimes", async () => {
    const hints = {
      samplingRules: [{ pattern: "^GET /health", rate: 0 }],
      redactionRules: [
        { pattern: "card=\\d+", replacement: "${x}$1$$" },
        { pattern: '"[^"]+"$', replacement: "<q>" },
        { pattern: "a%%b\\%", replacement: "p" },
      ],
    };
    const lines = ["GET /health 200", "x GET /health card=4711 card=1", 'say "hello"', "", "a%%b%", "  blanks é"];
    const expected = ["x GET /health ${x}$1$$ ${x}$1$$", "say <q>", "", "p", "  blanks é"];
    assert.deepEqual(await ship(hints, { lines }), expected);
    assert.deepEqual(await ship(hints, { lines, layout: "docker" }), expected);
  });

  test("Go's expressions find first lines of all presets after containerd's prefix", async () => {
    const lines = [
      "2026-01-01 12:00:00 ERROR x",
      "\tat com.example.A.b(A.java:1)",
      "Caused by: java.io.IOException: z",
      "java.lang.IllegalStateException",
      "INFO: y",
      "Traceback (most recent call last):",
      "ValueError: bad",
      "[tag] é",
      "panic: boom",
      "goroutine 1 [running]:",
      "a.rb:1:in `b': c (RuntimeError)",
      "",
    ];
    for (const firstLine of MULTILINE_PRESETS.values()) {
      const expected: string[] = [];
      for (const line of lines) {
        if (expected.length === 0 || new RegExp(firstLine).test(line)) expected.push(line);
        else expected[expected.length - 1] += `\\n${line}`;
      }
      assert.deepEqual(await ship({ multiline: { preset: "", firstLine } }, { lines }), expected);
    }
  });

  test("every record of the logs comes through what the watcher writes, with its tags, through a change of labels", async () => {
    const eventsIn = async (destPath: string) => {
      const files = textsIn(destPath, /\/klw_[0-9a-f]{64}\.d\/conf\.yaml$/);
      const work = await Deno.makeTempDir();
      try {
        const paths = files.map((_, index) => join(work, `${index}.yaml`));
        await Promise.all(files.map((text, index) => Deno.writeTextFile(paths[index]!, text)));
        return await Promise.all(paths.map((path) => shippedBy(folder, [path])));
      } finally {
        await Deno.remove(work, { recursive: true });
      }
    };
    const tag = (events: readonly DatadogEvent[], name: string) =>
      events[0]?.tags.find((one) => one.startsWith(`${name}:`))?.slice(name.length + 1);
    await watchStory("datadog", {
      destSetting: "WATCHER_DATADOG_DEST_PATH",
      read: eventsIn,
      versionOf: (events) => tag(events, "version"),
      first(written, logs) {
        for (const events of written) {
          assert.equal(withoutSpaces(tag(events, "note")!), HOSTILE_NOTE);
          assert.deepEqual(["team", "kube_namespace", "env"].map((name) => tag(events, name)), [
            "checkout",
            "shop",
            "production",
          ]);
          const log = logs.find(({ container }) => container.id === tag(events, "container_id"))!;
          const [message] = events.map((event) => event.message);
          // Datadog itself reads Docker's JSON.
          if (log.pod.layout === "docker") assert.equal(JSON.parse(message!).log, "first\n");
          else assert.equal(message, "first");
          assert.equal(events.length, log.written.length);
        }
      },
      last: () => {},
    });
  });
});

Deno.test("the README's configuration of the Datadog agent has it look at files again", () => {
  const [, config = ""] = readmeBlocks("datadog", "yaml");
  assert.deepEqual(parse(config), {
    logs_enabled: true,
    autoconf_config_files_poll: true,
    autoconf_config_files_poll_interval: 60,
  });
});
