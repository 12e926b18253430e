import type { LogTarget, NodeContext } from "../../lib/join/log_target.ts";
import { renderHere } from "./render_agent.ts";

/** The settings that must be there. */
export const SCALYR = { apiKey: "the-key", destPath: "/var/log/scalyr-agent" };

/** The rule that every container has. */
export const JWT_RULE = {
  match_expression: "eyJ[a-zA-Z0-9/+_=-]{5,}\\.eyJ[a-zA-Z0-9/+_=-]{5,}\\.[a-zA-Z0-9/+_=-]{5,}",
  replacement: "+++JWT_TOKEN_REDACTED+++",
};

/** What agent.json has. */
export interface ScalyrConfig {
  readonly server_attributes: Readonly<Record<string, string>>;
  readonly merge_json_parsed_lines?: boolean;
  readonly logs: readonly {
    readonly path: string;
    readonly attributes: Readonly<Record<string, string>>;
    readonly rename_logfile: string;
    readonly sampling_rules?: readonly object[];
    readonly redaction_rules: readonly object[];
    readonly parse_format?: string;
  }[];
}

/** Renders agent.json and parses it again. */
export async function renderScalyr(
  targets: readonly LogTarget[],
  options: { node?: NodeContext; settings?: Readonly<Record<string, unknown>> } = {},
) {
  const answer = await renderHere("scalyr", targets, { settings: SCALYR, ...options });
  const all = [...answer.targets.values()];
  return {
    config: JSON.parse(answer.nodes.get("config")?.contents ?? "") as ScalyrConfig,
    fields: all.map(({ fields }) => fields),
    errors: all.flatMap(({ error }) => error ?? []),
    warnings: all.flatMap(({ warnings }) => warnings),
  };
}
