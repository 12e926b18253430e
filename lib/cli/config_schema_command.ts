/**
 * The command `config schema`: what a configuration file may hold, for editors.
 *
 * @module
 */
import { configSchema } from "../config/config_schema.ts";
import type { CommandDefinition } from "./command_definition.ts";
import { agentsPathOf } from "./agents_list_command.ts";
import { EXIT } from "./failure.ts";

/** Declares `config schema`. */
export const configSchemaCommand: CommandDefinition = {
  name: "config schema",
  needs: ["read", "write", "run"],
  uses: ["env"],
  summary: "Print the JSON Schema of the configuration file, by which editors complete and check it",
  description:
    "Prints the schema, with the settings of the built-in agents and of those of --agents-path. An editor with YAML support takes it by the first line of the file: " +
    "# yaml-language-server: $schema=./kube-log-watcher.schema.json",
  takesAgentNames: false,
  settings: ["agentsPath"],
  takesAgentSettings: false,
  options: [],
  examples: [["deno task --quiet start config schema > kube-log-watcher.schema.json", "beside the configuration file"]],
  async execute(_invocation, { commands, given, terminal }) {
    const described = await commands.describe(await commands.knownAgents(agentsPathOf(given)));
    await terminal.out(JSON.stringify(configSchema(described), null, 2) + "\n");
    return EXIT.fine;
  },
};
