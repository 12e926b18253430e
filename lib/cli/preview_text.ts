/**
 * A preview for people.
 *
 * @module
 */
import { showControls } from "./show_controls.ts";
import type { PreviewAgent, PreviewContainer, PreviewFile, PreviewResult } from "./commands.ts";

/** Options of {@linkcode previewText}. */
export interface PreviewTextOptions {
  /** Makes the diff of a file; without it whole files are written. */
  readonly differ?: ((file: PreviewFile) => string) | undefined;
  /** Default false. */
  readonly isColored?: boolean;
  /** Whether the text goes to a screen: control characters are then shown and not sent, default false. */
  readonly isScreen?: boolean;
}

/** Containers that are named for one reason. */
const MAX_NAMES = 5;

type Paint = (code: keyof typeof COLORS, text: string) => string;

const COLORS = { heading: "1", path: "36", added: "32", removed: "31", state: "33" } as const;

/** Writes a preview: the agents with their files, then the containers that are not collected with the reasons. */
export function previewText(result: PreviewResult, options: PreviewTextOptions = {}): string {
  const { differ, isColored = false, isScreen = false } = options;
  const paint: Paint = (code, text) => isColored ? `\x1b[${COLORS[code]}m${text}\x1b[0m` : text;
  const show = (text: string) => isScreen ? showControls(text) : text;
  const scope = { paint, show, differ };
  const parts = [...result.agents.map((agent) => agentText(agent, scope)), leftOutText(result.containers, scope)];
  return parts.filter((part) => part !== "").join("\n");
}

interface Scope {
  readonly paint: Paint;
  readonly show: (text: string) => string;
  readonly differ: PreviewTextOptions["differ"];
}

function agentText(agent: PreviewAgent, scope: Scope): string {
  const { paint, show, differ } = scope;
  const counts = differ ? countChanges(agent.files) : countFiles(agent.files);
  const files = differ ? agent.files.map((file) => diffText(file, { scope, differ })) : filesText(agent.files, scope);
  const refused = agent.refused.map(({ pod, reason }) =>
    `${paint("removed", "refused")} ${show(pod)}: ${show(reason)}\n`
  );
  const parts = [
    paint("heading", `# Agent ${agent.name}: ${counts}`) + "\n",
    ...files,
    refused.join(""),
    unexpressedText(agent.unexpressed, scope),
  ];
  return parts.filter((text) => text !== "").join("\n");
}

/** Writes what cannot be expressed: a line for each reason, with the containers that it is so for. */
function unexpressedText(unexpressed: PreviewAgent["unexpressed"], { paint, show }: Scope): string {
  const containers = Map.groupBy(unexpressed, ({ hint, reason }) => `${hint}: ${reason}`);
  const lines = [...containers].map(([what, some]) => {
    const names = some.slice(0, MAX_NAMES).map(({ pod, container }) => `${pod} ${container}`);
    const more = some.length > MAX_NAMES ? ` and ${some.length - MAX_NAMES} more` : "";
    return `${paint("state", "not expressed")} ${show(what)} (${show(names.join(", "))}${more})\n`;
  });
  return lines.join("");
}

/** Writes the links one below the other, then each file. */
function filesText(files: readonly PreviewFile[], scope: Scope): readonly string[] {
  const textOf = (kind: PreviewFile["kind"]) =>
    files.filter((file) => file.kind === kind).map((file) => fileText(file, scope));
  return [textOf("link").join(""), ...textOf("file")];
}

function fileText(file: PreviewFile, { paint, show }: Scope): string {
  const path = paint("path", show(file.path));
  if (file.kind === "link") return `==> ${path} -> ${show(file.target ?? "")}\n`;
  const contents = show(file.contents ?? "");
  const end = contents === "" || contents.endsWith("\n") ? "" : "\n";
  return `==> ${path} (mode ${file.mode ?? "unknown"})\n${contents}${end}`;
}

function diffText(
  file: PreviewFile,
  { scope: { paint, show }, differ }: { readonly scope: Scope; readonly differ: (file: PreviewFile) => string },
): string {
  const lines = show(differ(file)).split("\n").map((line) => {
    if (/^(---|\+\+\+) /.test(line)) return paint("heading", line);
    return line.startsWith("+") ? paint("added", line) : line.startsWith("-") ? paint("removed", line) : line;
  });
  return lines.join("\n");
}

function leftOutText(containers: readonly PreviewContainer[], { paint, show }: Scope): string {
  const leftOut = containers.filter(({ state }) => state !== "collected");
  const heading = paint(
    "heading",
    `# Containers: ${containers.length - leftOut.length} collected, ${leftOut.length} not`,
  );
  const lines = leftOut.map(({ state, pod, container, reason }) =>
    `${paint("state", state)} ${show([pod, container].filter((part) => part !== "").join(" "))}: ${show(reason)}\n`
  );
  return `${heading}\n${lines.length > 0 ? "\n" : ""}${lines.join("")}`;
}

function countFiles(files: readonly PreviewFile[]): string {
  const links = files.filter(({ kind }) => kind === "link").length;
  return [count(files.length - links, "file"), count(links, "link")].filter((part) => part !== "").join(", ") ||
    "nothing";
}

function countChanges(files: readonly PreviewFile[]): string {
  const changes = ["created", "updated", "removed", "unchanged"] as const;
  return changes.map((change) => `${files.filter((file) => file.change === change).length} ${change}`).join(", ");
}

function count(number: number, noun: string): string {
  return number === 0 ? "" : `${number} ${noun}${number === 1 ? "" : "s"}`;
}
