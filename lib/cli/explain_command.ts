/**
 * The command `explain`: why a container is or is not followed, and what each agent has for it.
 *
 * @module
 */
import type { AgentPart } from "../inspect/agent_part.ts";
import type { ContainerReport, NodeReport } from "../inspect/node_report.ts";
import type { CommandDefinition } from "./command_definition.ts";
import { EXIT } from "./failure.ts";
import { INSPECT_HELP, INSPECT_SETTINGS, reporter } from "./inspect_config.ts";
import { showControls } from "./show_controls.ts";

/** Declares `explain`. */
export const explainCommand: CommandDefinition = {
  name: "explain",
  needs: ["read", "write", "run"],
  uses: ["net", "env"],
  summary: "Tell why a container is or is not followed, and what each agent has for it",
  description:
    `Tells of each container of a pod: where its log was found, what it was joined with, its state with the reason and since when, what the pod's ` +
    `annotations wish and what is wrong with them, and for each agent its files and entries and what its shipper cannot be told. ${INSPECT_HELP}`,
  takesAgentNames: false,
  argument: {
    syntax: "<container>",
    help: "namespace/pod, namespace/pod/container, a pod's name, or the start of a container's id",
  },
  settings: INSPECT_SETTINGS,
  takesAgentSettings: true,
  takesFaultyFile: true,
  options: [{ flag: "output", help: "Form of the output", choices: ["text", "json"] }],
  examples: [
    [
      "kubectl -n logging exec <pod of the DaemonSet> -c watcher -- /opt/deno/deno task --cwd /app start explain shop/web-3",
      "on a node",
    ],
    [
      "deno task start explain shop/web-3/app --agents symlinker --symlink-dir /var/log/by-name",
      "where no watcher runs",
    ],
  ],
  async execute({ args, options }, context) {
    const wanted = args[0] ?? "";
    const { terminal } = context;
    const report = await (await reporter(context))(wanted);
    const isFound = report.containers.length + report.notFollowed.length > 0;
    if (options.get("output") === "json") await terminal.out(JSON.stringify(report, null, 2) + "\n");
    else {await terminal.out(
        terminal.isOutScreen ? showControls(explainText(report, wanted)) : explainText(report, wanted),
      );}
    return isFound ? EXIT.fine : EXIT.failed;
  },
};

/** Writes an explanation for people. */
export function explainText(report: NodeReport, wanted: string): string {
  const { containers, notFollowed, isRunning, program, node, api, hasPods, isComplete } = report;
  const head = [
    isRunning
      ? `The running watcher (${program}) on ${node || "this node"} says:`
      : `No watcher answers; this is what one would do:`,
    `pods: ${api}${hasPods ? "" : "; the API has shown none yet"}`,
    ...(isComplete ? [] : ["Some folders could not be read, see the watcher's log"]),
  ];
  const parts = [
    ...containers.map(containerText),
    ...notFollowed.map(({ path, reason }) => `${path}\n  not followed: ${reason}\n`),
  ];
  if (parts.length === 0) {
    parts.push(
      `Nothing on this node is called ${wanted}: no log of it lies in the folders of pod logs or of Docker's containers. ` +
        "Is the pod on another node, or has its container not started yet?\n",
    );
  }
  return [head.join("\n") + "\n", ...parts].join("\n");
}

function containerText(one: ContainerReport): string {
  const since = one.since === undefined ? "" : ` since ${one.since}`;
  const rows: [string, string][] = [
    ["state", `${one.state}${since}: ${one.reason}`],
    ["log", `${one.log} (${one.layout === "cri" ? "containerd or CRI-O" : "Docker"}, restart ${one.restart})`],
    ["id", one.id || "not learned yet"],
    ["image", one.image || "not known"],
    [
      "pod",
      one.isPodKnown ? `known from the API, uid ${one.podUid}` : "not shown by the API; identity is that of the path",
    ],
    ...(one.origins?.rules ?? []).map((rule): [string, string] => ["rule", rule]),
    ...Object.entries(one.attributes).map(([name, value]): [string, string] => [
      "attribute",
      `${name}=${value}${origin(one.origins?.attributes, name)}`,
    ]),
    ...Object.entries(one.hints).map(([name, value]): [string, string] => [
      "wish",
      `${name}: ${plainText(value)}${origin(one.origins?.wishes, name)}`,
    ]),
    ...one.problems.map((problem): [string, string] => ["problem", problem]),
    ...one.agents.flatMap(agentRows),
  ];
  const width = Math.max(...rows.map(([name]) => name.length)) + 2;
  const lines = rows.map(([name, text]) =>
    `  ${name.padEnd(width)}${text.replaceAll("\n", `\n  ${" ".repeat(width)}`)}`
  );
  return `${one.namespace}/${one.pod}/${one.container}\n${lines.join("\n")}\n`;
}

/** Names where something comes from, in brackets. */
function origin(sources: Readonly<Record<string, string>> | undefined, name: string): string {
  return sources && Object.hasOwn(sources, name) ? ` (${sources[name]})` : "";
}

function agentRows(part: AgentPart): [string, string][] {
  const { name, result, reason, wantedGeneration, appliedGeneration, files, entries, warnings, unexpressed } = part;
  const reached = wantedGeneration === undefined ? "" : ` (generation ${appliedGeneration} of ${wantedGeneration})`;
  return [
    [name, `${result}${reached}${reason === "" ? "" : `: ${reason}`}`],
    ...files.map((file): [string, string] => ["", file]),
    ...entries.map(({ path, text }): [string, string] => ["", `in ${path}:\n${text}`]),
    ...warnings.map((warning): [string, string] => ["", `warning: ${warning}`]),
    ...unexpressed.map((one): [string, string] => ["", `cannot be told: ${one}`]),
  ];
}

function plainText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
