/**
 * The command `preview`: everything that would be written, printed and not written.
 *
 * @module
 */
import { CORE_SETTINGS, type CoreKey } from "../config/core_settings.ts";
import type { Config } from "../config/config.ts";
import type { CommandContext, CommandDefinition, Invocation } from "./command_definition.ts";
import type { PreviewResult } from "./commands.ts";
import { EXIT, UsageError } from "./failure.ts";
import { readSnapshot, rulesOfSnapshot, withSettings } from "./node_snapshot.ts";
import { previewSource, resolvePreview } from "./preview_config.ts";
import { previewJson } from "./preview_json.ts";
import { previewText } from "./preview_text.ts";
import type { Terminal } from "./terminal.ts";

/** Declares `preview`. */
export const previewCommand: CommandDefinition = {
  name: "preview",
  needs: ["read", "write", "run"],
  uses: ["net", "env"],
  summary: "Show every file that would be written, printed or as a page, and write nothing",
  description:
    "Renders the agents' files and prints them, with their paths; writes nothing. Looks at a recorded sample node that comes with the " +
    "program, unless one of --containers-path, --pod-logs-path, --kube-url or --kubeconfig (or its variable) is given: then at the real " +
    "thing. Required settings that are not set take sample values, which is said on stderr. Secrets are printed as ***.",
  takesAgentNames: true,
  settings: Object.keys(CORE_SETTINGS) as CoreKey[],
  takesAgentSettings: true,
  options: [
    { flag: "diff", help: "Print what would change on disk instead, as a unified diff" },
    {
      flag: "snapshot",
      placeholder: "file",
      help: "Look at a node that `snapshot` recorded, with its settings where others are not given",
    },
    {
      flag: "golden",
      placeholder: "folder",
      help: "Compare with the files that are kept there, and fail where they differ",
    },
    { flag: "update", help: "With --golden: keep what is rendered now" },
    { flag: "watch", help: "Go on: render again at each save of an agent's folder, and print what changes" },
    { flag: "serve", help: "Show it as a page in the browser instead, which follows each save, until Ctrl-C" },
    {
      flag: "port",
      placeholder: "number",
      help: "With --serve: port of 127.0.0.1 (default: 7380, or any that is free where that is taken)",
    },
    { flag: "output", help: "Form of the output", choices: ["text", "json"] },
  ],
  examples: [
    ["deno task preview scalyr", "the files of one agent for the sample node"],
    [
      "deno task preview symlinker --pod-logs-path /var/log/pods --symlink-dir /var/log/by-name --diff",
      "what would change on this machine",
    ],
    [
      "deno task preview scalyr --snapshot node.json --golden ./golden",
      "in a repository that keeps what an agent writes",
    ],
    ["deno task preview my-shipper --agents-path ./my-agents --watch", "while you write an agent"],
    ["deno task preview my-shipper --agents-path ./my-agents --serve", "the same, as a page in the browser"],
  ],
  usesNetwork: (given) => previewSource(given) === "real",
  async execute(invocation, context) {
    const { commands, signal, terminal } = context;
    const file = invocation.options.get("snapshot");
    const snapshot = typeof file === "string" ? await readSnapshot(file) : undefined;
    if (invocation.options.has("golden") && invocation.options.has("watch")) {
      throw new UsageError("--golden and --watch do not go together: compare once, or watch what changes");
    }
    if (invocation.options.has("update") && !invocation.options.has("golden")) {
      throw new UsageError("--update needs --golden, the folder of what is kept");
    }
    const given = snapshot ? withSettings(context.given, snapshot) : context.given;
    // A file that is given here wins over what was recorded, as settings do.
    const rules = context.file?.rules ?? (snapshot && rulesOfSnapshot(snapshot, String(file)));
    if (invocation.options.has("serve")) {
      const { serveNode } = await import("./preview_page.ts");
      await serveNode(invocation, { ...context, given, rules, source: snapshot ?? previewSource(given) });
      return EXIT.fine;
    }
    if (invocation.options.has("port")) throw new UsageError("--port is that of the page: it needs --serve");
    const config = await resolvePreview(invocation.agentNames, { ...context, given, rules });
    const golden = invocation.options.get("golden");
    const diff = invocation.options.has("diff");
    const options = { source: snapshot ?? previewSource(given), diff, signal };
    const result = await commands.preview(config, options);
    for (const note of notesOf(result, config)) await terminal.note(note);
    if (typeof golden === "string") return await goldenRun(result, { golden, invocation, context });
    await terminal.out(await render(result, { diff, output: invocation.options.get("output"), terminal }));
    if (invocation.options.has("watch")) {
      const { watchPreview } = await import("./preview_watch.ts");
      await watchPreview(config, { commands, options: { ...options, diff: false }, terminal, first: result });
      return EXIT.fine;
    }
    return hasFailed(result) || context.agents.failed.length > 0 ? EXIT.failed : EXIT.fine;
  },
};

/** Compares with the files that are kept, or keeps those of now. */
async function goldenRun(
  result: PreviewResult,
  { golden, invocation, context: { terminal } }: {
    readonly golden: string;
    readonly invocation: Invocation;
    readonly context: CommandContext;
  },
): Promise<number> {
  const { compareGolden, updateGolden } = await import("./golden_files.ts");
  if (invocation.options.has("update")) {
    await terminal.out(`${await updateGolden(result, golden)} files are kept in ${golden}\n`);
    return EXIT.fine;
  }
  const compared = await compareGolden(result, golden);
  await terminal.out(await render(compared, { diff: true, output: invocation.options.get("output"), terminal }));
  const isSame = compared.agents.every(({ files }) => files.every(({ change }) => change === "unchanged"));
  return isSame && !hasFailed(result) ? EXIT.fine : EXIT.failed;
}

function notesOf({ source, agents, problems }: PreviewResult, config: Config): readonly string[] {
  const samples = config.agents.flatMap(({ samples }) => samples);
  const taken = samples.map(({ env, value }) => `${env}=${typeof value === "object" ? JSON.stringify(value) : value}`);
  return [
    `Previewing ${source}`,
    ...(taken.length === 0 ? [] : [`Sample values stand for required settings that are not set: ${taken.join(", ")}`]),
    ...problems.map(({ kind, text }) => `${kind === "not-read" ? "note" : "warning"}: ${text}`),
    ...agents.flatMap(({ name, warnings }) => warnings.map((warning) => `warning: agent ${name}: ${warning}`)),
  ];
}

interface RenderOptions {
  readonly diff: boolean;
  readonly output: string | true | undefined;
  readonly terminal: Terminal;
}

async function render(result: PreviewResult, { diff, output, terminal }: RenderOptions): Promise<string> {
  // Comparing texts is only needed here, so only here its code is loaded.
  const differ = diff ? (await import("./preview_diff.ts")).diffOf : undefined;
  if (output === "json") return previewJson(result, differ);
  const { isOutColored, isOutScreen } = terminal;
  return previewText(result, { differ, isColored: isOutColored, isScreen: isOutScreen });
}

function hasFailed({ agents, containers }: PreviewResult): boolean {
  return agents.some(({ refused }) => refused.length > 0) || containers.some(({ state }) => state === "failed");
}
