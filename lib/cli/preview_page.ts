/**
 * `preview --serve`: the configuration of the page, now and after each save.
 *
 * @module
 */
import { ConfigError } from "../config/resolve.ts";
import { parsePort } from "../config/value_parsers.ts";
import { agentsPathOf } from "./agents_list_command.ts";
import type { CommandContext, Invocation, SelectedAgents } from "./command_definition.ts";
import type { ConfiguredAgents, PreviewOptions } from "./commands.ts";
import { UsageError } from "./failure.ts";
import { readConfigFile } from "./load_config_file.ts";
import { type PreviewContext, resolvePreview } from "./preview_config.ts";
import { servePreview } from "./preview_serve.ts";
import { agentNamesOf, describeAgent } from "./select_agents.ts";

/** What a page works with. */
export interface PageContext extends PreviewContext, Pick<PreviewOptions, "source"> {}

/** Options that print something, which a page does not. */
const PRINTING = ["diff", "golden", "update", "watch", "output"];

/** Serves the page until the signal. @throws {UsageError} If options do not go together. */
export async function serveNode(invocation: Invocation, context: PageContext): Promise<void> {
  const { commands, terminal, signal, source, agents } = context;
  const other = PRINTING.find((flag) => invocation.options.has(flag));
  if (other !== undefined) throw new UsageError(`--serve shows a page and prints nothing: leave --${other} out`);
  const port = portOf(invocation);
  const config = await resolvePreview(invocation.agentNames, context);
  const reconfigure = () => configureAgain(invocation, context);
  await servePreview({ config, failed: agents.failed }, { commands, terminal, signal, source, port, reconfigure });
}

function portOf({ options }: Invocation): number | undefined {
  const text = options.get("port");
  if (typeof text !== "string") return undefined;
  const parsed = parsePort(text);
  if ("value" in parsed) return parsed.value;
  if (text.trim() === "0") return 0;
  throw new UsageError(`--port is ${JSON.stringify(text)}, expected ${parsed.expected}, or 0 for any that is free`);
}

/** Configures with the agents' folders and the configuration file as they are now. @throws {ConfigError} If the file is not usable. */
async function configureAgain(invocation: Invocation, context: PageContext): Promise<ConfiguredAgents> {
  const { given: { flags, env }, file } = context;
  const early = file && await readConfigFile(file.path);
  const agents = await selectAgain(invocation, { ...context, given: { flags, env, ...fileOf(early) } });
  const now = file && await readConfigFile(file.path, { agents: agents.described, knownAgents: agents.known });
  if (now && now.problems.length > 0) throw new ConfigError(now.problems);
  // What there is to warn of was said at the start.
  const terminal = { ...context.terminal, note: () => Promise.resolve() };
  const given = { flags, env, ...fileOf(now) };
  const config = await resolvePreview(invocation.agentNames, {
    ...context,
    given,
    rules: now?.rules ?? context.rules,
    agents,
    terminal,
  });
  return { config, failed: agents.failed };
}

function fileOf(file: CommandContext["file"]) {
  return file ? { file: file.settings } : {};
}

async function selectAgain(
  { agentNames }: Invocation,
  { commands, given }: Pick<PageContext, "commands" | "given">,
): Promise<SelectedAgents> {
  const folders = await commands.knownAgents(agentsPathOf(given));
  const known = [...folders.keys()];
  const named = agentNames.length > 0 ? agentNames : agentNamesOf(given);
  const selected = [...folders].filter(([name]) => named.length === 0 || named.includes(name));
  const attempts = await Promise.allSettled(
    selected.map(([name, folder]) => describeAgent(commands, { name, folder, known })),
  );
  return {
    known,
    described: attempts.flatMap((attempt) => attempt.status === "fulfilled" ? attempt.value : []),
    failed: selected.flatMap(([name, folder], index) => {
      const attempt = attempts[index]!;
      return attempt.status === "rejected" ? { name, folder, error: attempt.reason as Error } : [];
    }),
  };
}
