/**
 * The command `status`: one screen for the whole node.
 *
 * @module
 */
import { DELIBERATE } from "../inspect/audit.ts";
import type { AgentReport, ContainerReport, NodeReport } from "../inspect/node_report.ts";
import { pause } from "../reconcile/trigger.ts";
import type { CommandDefinition } from "./command_definition.ts";
import { EXIT } from "./failure.ts";
import { INSPECT_HELP, INSPECT_SETTINGS, reporter } from "./inspect_config.ts";
import { showControls } from "./show_controls.ts";

/** Time between two looks of --watch, milliseconds. */
const LOOK_MS = 2_000;
/** Clears a screen and goes to its top, ECMA-48. */
const CLEAR = "\x1b[H\x1b[2J";
/** Containers that are listed at the most: a screen is no list of all. */
const MAX_LISTED = 30;
/** Width of the column of states. */
const WIDTH = "not followed".length + 2;

/** Declares `status`. */
export const statusCommand: CommandDefinition = {
  name: "status",
  needs: ["read", "write", "run"],
  uses: ["net", "env"],
  summary: "Show the node on one screen: its agents, and the containers that are not followed",
  description:
    `Shows how many containers are in which state, how far each agent is, and which containers are not collected and why. ${INSPECT_HELP} ` +
    "Exit code 1 if an agent is behind or has failed.",
  takesAgentNames: false,
  settings: INSPECT_SETTINGS,
  takesAgentSettings: true,
  takesFaultyFile: true,
  options: [
    { flag: "watch", help: "Go on, and show it anew every two seconds" },
    { flag: "output", help: "Form of the output", choices: ["text", "json"] },
  ],
  examples: [["deno task start status --watch", "in the watcher's container"]],
  async execute({ options }, context) {
    const { terminal, signal } = context;
    const ask = await reporter(context);
    const show = async () => {
      const report = await ask();
      const isJson = options.get("output") === "json";
      const text = isJson ? JSON.stringify(report) + "\n" : statusText(report);
      const screen = options.has("watch") && terminal.isOutScreen && !isJson ? CLEAR : "";
      await terminal.out(screen + (terminal.isOutScreen && !isJson ? showControls(text) : text));
      return report;
    };
    let report = await show();
    while (options.has("watch") && !signal.aborted) {
      await pause(LOOK_MS, signal);
      if (!signal.aborted) report = await show();
    }
    return report.agents.some(({ failure }) => failure !== "") ? EXIT.failed : EXIT.fine;
  },
};

/** Writes a screen. */
export function statusText(report: NodeReport): string {
  const { isRunning, program, node, api, hasPods, isComplete, agents, containers, notFollowed } = report;
  const count = (state: ContainerReport["state"]) => containers.filter((one) => one.state === state).length;
  const head = [
    isRunning ? `Watcher ${program} on ${node || "this node"}` : `No watcher answers; this is what one would do`,
    `Containers  ${count("collected")} collected, ${count("waiting")} waiting, ${
      count("excluded")
    } excluded; ${notFollowed.length} not followed`,
    `Pods        ${api}${hasPods ? "" : "; none shown yet"}`,
    ...(isComplete ? [] : ["Folders     some could not be read: nothing is removed until they can"]),
  ];
  const others = [
    ...containers.filter(({ state }) => state !== "collected")
      .map(({ namespace, pod, container, state, reason }) =>
        `${state.padEnd(WIDTH)}${namespace}/${pod}/${container}: ${reason}`
      ),
    ...notFollowed.filter(({ code }) => !DELIBERATE.has(code))
      .map(({ path, key, reason }) => `${"not followed".padEnd(WIDTH)}${path || key}: ${reason}`),
  ];
  const shown = others.slice(0, MAX_LISTED);
  const more = others.length > shown.length ? [`... and ${others.length - shown.length} more: --output json`] : [];
  return [head.join("\n"), agentsText(agents), [...shown, ...more].join("\n")].filter((text) => text !== "").join(
    "\n\n",
  ) + "\n";
}

function agentsText(agents: readonly AgentReport[]): string {
  const rows = agents.map((
    { name, containers, files, links, refused, wantedGeneration, appliedGeneration, failure },
  ) => [
    name,
    `${containers}${refused > 0 ? ` (${refused} refused)` : ""}`,
    String(files),
    String(links),
    wantedGeneration === undefined ? "-" : `${appliedGeneration} of ${wantedGeneration}`,
    failure || (wantedGeneration === undefined ? "would be written" : "up to date"),
  ]);
  return table([["Agent", "Containers", "Files", "Links", "Generation", "State"], ...rows]);
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column]!)).join("  ").trimEnd()).join("\n");
}
