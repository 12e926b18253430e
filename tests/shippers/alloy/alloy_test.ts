import assert from "node:assert/strict";
import { join } from "node:path";
import { HOSTILE_VALUES, hostileTarget } from "../../agents/hostile_values.ts";
import { criTarget, dockerTarget } from "../../agents/log_targets.ts";
import { renderHere } from "../../agents/render_agent.ts";
import type { LogTarget } from "../../../lib/join/log_target.ts";
import { MULTILINE_PRESETS } from "../../../lib/hints/multiline_presets.ts";
import { withShipper } from "../obtain.ts";
import { readmeBlocks } from "../readme_blocks.ts";
import { ShipperProcess } from "../shipper_process.ts";
import { LokiServer } from "./loki_server.ts";
import { ALLOY_SYNTAX, PROMTAIL } from "./loki_programs.ts";
import { preparePromtail } from "./prepare_promtail.ts";
import type { LokiEntry } from "./push_request.ts";
import { type AlloyStatement, readAlloy } from "./read_alloy.ts";

const WISHES = {
  multiline: { preset: "", firstLine: "^\\S" },
  samplingRules: [{ pattern: "^never", rate: 0 }, { pattern: "^half", rate: 0.5 }, { pattern: "half", rate: 0 }],
  redactionRules: [
    { pattern: "card=(\\d+)|(b)ard", replacement: '$1 {{.Value}} "\\1' },
    { pattern: "[äö]t\\b", replacement: "" },
  ],
};
const LINES = [
  ["stdout", "F", "first card=12 bard card=34"],
  ["stderr", "F", "error"],
  ["stdout", "F", "  at x card=5"],
  ["stdout", "P", "  at a long li"],
  ["stderr", "F", "  at y"],
  ["stdout", "F", "ne"],
  ["stdout", "F", "never"],
  ["stdout", "F", "second half"],
  ...Array.from({ length: 400 }, (_, index) => ["stdout", "F", `half ${index}`] as const),
  ["stdout", "F", "last öt"],
  ["stdout", "F", "the end"],
] as const;

/** Ships the lines of some targets by the stages of the module, which Promtail has, too. */
async function ship(program: string, { folder, targets, until }: {
  folder: string;
  targets: readonly LogTarget[];
  until: (entries: readonly LokiEntry[]) => boolean;
}): Promise<readonly LokiEntry[]> {
  await using loki = new LokiServer();
  const { nodes } = await renderHere("alloy", targets, { settings: { destPath: "/dest" } });
  const config = await preparePromtail(folder, loki, nodes.get("pipeline")!.contents!);
  await Deno.writeTextFile(join(folder, "klw/targets.json"), nodes.get("targets")!.contents!);
  await using shipper = ShipperProcess.start([join(program, "promtail"), "-config.file", config]);
  await shipper.until("all is delivered", () => until(loki.entries));
  return loki.entries;
}

withShipper(PROMTAIL, (program, test) => {
  test("what pods wish for is done by the stages of the module, for Docker and CRI", async (t) => {
    for (const layout of ["docker", "cri"] as const) {
      await t.step(layout, async () => {
        const folder = await Deno.makeTempDir();
        try {
          const logPath = join(folder, "app.log");
          const time = "2026-11-23T21:24:08.1Z";
          const records = LINES.map(([stream, tag, text]) =>
            layout === "cri"
              ? `${time} ${stream} ${tag} ${text}\n`
              : JSON.stringify({ log: tag === "F" ? `${text}\n` : text, stream, time }) + "\n"
          );
          await Deno.writeTextFile(logPath, [...records, "garbage\n"].join(""));
          const target = (layout === "cri" ? criTarget : dockerTarget)({
            logPath,
            hints: { ...WISHES, parser: "json" },
            attributes: { team: "checkout", log: "own" },
          });
          const entries = await ship(program, {
            folder,
            targets: [target],
            until: (all) =>
              ["the end", "garbage", "error"].every((line) => all.some((one) => one.line.startsWith(line))),
          });
          const lines = (stream: string | undefined) =>
            entries.filter(({ labels }) => labels.stream === stream).map(({ line }) => line);
          assert.deepEqual(lines("stderr"), ["error\n  at y"]);
          assert.deepEqual(lines(undefined), ["garbage"]);
          const [first, ...others] = lines("stdout");
          assert.equal(
            first,
            'first $1 {{.Value}} "\\1 $1 {{.Value}} "\\1 $1 {{.Value}} "\\1\n  at x $1 {{.Value}} "\\1\n  at a long line',
          );
          const halves = others.filter((line) => line.startsWith("half "));
          assert.ok(halves.length > 100 && halves.length < 300, `${halves.length} of 400`);
          assert.deepEqual(others.filter((line) => !line.startsWith("half ")), ["last ", "the end"]);
          const { metadata } = entries.find(({ line }) => line === "the end")!;
          assert.deepEqual([metadata.parser, metadata.team, metadata.attr_log], ["json", "checkout", "own"]);
          assert.equal(entries.find(({ line }) => line === "the end")?.time, BigInt(Date.parse(time)) * 1_000_000n);
        } finally {
          await Deno.remove(folder, { recursive: true });
        }
      });
    }
  });

  test("hostile values come back equal from Loki, as labels, as metadata and as replacements", async () => {
    const folder = await Deno.makeTempDir();
    try {
      const targets = HOSTILE_VALUES.map(([value], index) => {
        const logPath = join(folder, `${index}.log`);
        Deno.writeTextFileSync(logPath, `2026-11-23T21:24:08.1Z stdout F number ${index}\n`);
        const target = hostileTarget(value);
        const redactionRules = [{ pattern: "number", replacement: value }];
        const log = { ...target.log, path: logPath };
        const id = index.toString(16).padStart(64, "0");
        return { ...target, id, log, attributes: { note: value }, hints: { ...target.hints, redactionRules } };
      });
      const entries = await ship(program, { folder, targets, until: (all) => all.length >= targets.length });
      HOSTILE_VALUES.forEach(([value, comesBack = value], index) => {
        const found = entries.find(({ metadata }) => metadata.container_id === targets[index]!.id);
        assert.deepEqual(
          [found?.labels.pod, found?.metadata.note, found?.metadata.version, found?.line],
          [comesBack, comesBack, comesBack, `${comesBack} ${index}`],
        );
      });
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
});

withShipper(ALLOY_SYNTAX, (program, test) => {
  /** Reads a file of Alloy with its own parser. */
  async function parse(text: string): Promise<readonly AlloyStatement[] | undefined> {
    const child = new Deno.Command(join(program, "alloy_syntax"), { stdin: "piped", stdout: "piped", stderr: "piped" })
      .spawn();
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(text));
    await writer.close();
    const { code, stdout } = await child.output();
    return code === 0 ? JSON.parse(new TextDecoder().decode(stdout)) : undefined;
  }

  test("Alloy's parser reads the README's configuration", async () => {
    const [config] = readmeBlocks("alloy", "alloy");
    const names = (await parse(config!))?.map(({ name, label }) => `${name} ${label}`);
    assert.deepEqual(names, [
      "import.file klw",
      "discovery.file klw",
      "loki.source.file klw",
      "klw.pipeline containers",
      "loki.write default",
    ]);
  });

  test("Alloy's parser reads from the module what went into it, whatever the values", async () => {
    const presets = [...MULTILINE_PRESETS.values()].map((firstLine) =>
      criTarget({ hints: { multiline: { preset: "", firstLine } } })
    );
    const hostile = HOSTILE_VALUES.map(([value]) => ({
      ...hostileTarget(value),
      hints: {
        ...criTarget().hints,
        multiline: { preset: "", firstLine: value },
        redactionRules: [{ pattern: "x", replacement: value }],
      },
    }));
    const targets = [...presets, ...hostile].map((target, index) => ({
      ...target,
      id: index.toString(16).padStart(64, "0"),
    }));
    const { nodes } = await renderHere("alloy", targets, { settings: { destPath: "/dest" } });
    const text = nodes.get("pipeline")!.contents!;
    const read = await parse(text);
    assert.deepEqual(
      JSON.parse(JSON.stringify(read, withoutEmptyBody)),
      JSON.parse(JSON.stringify(readAlloy(text), withoutEmptyBody)),
    );
    assert.equal(await parse(text.replace("stage.cri {", "stage.cri")), undefined);
  });
});

/** Leaves out what only one of the readers writes. */
function withoutEmptyBody(key: string, value: unknown): unknown {
  return key === "body" && Array.isArray(value) && value.length === 0 ? undefined : value;
}
