/**
 * The command `snapshot`: a node as a file.
 *
 * @module
 */
import type { CommandDefinition } from "./command_definition.ts";
import { EXIT } from "./failure.ts";
import { INSPECT_SETTINGS, resolveInspect } from "./inspect_config.ts";
import { formatSnapshot, recordSettings } from "./node_snapshot.ts";

/** Declares `snapshot`. */
export const snapshotCommand: CommandDefinition = {
  name: "snapshot",
  needs: ["read", "write", "run"],
  uses: ["net", "env"],
  summary: "Record this node as a file, for previews and tests on another machine",
  description:
    "Prints the node's containers, its pods with their labels and annotations, the settings that were given, without secrets, and the rules of the configuration file, as JSON. " +
    "preview --snapshot and agents check --snapshot take it in the place of a node. No line of a log is in it; labels and annotations of pods are.",
  takesAgentNames: false,
  settings: INSPECT_SETTINGS,
  takesAgentSettings: true,
  options: [],
  examples: [
    ["deno task --quiet start snapshot > node.json", "in the watcher's container"],
    ["deno task preview scalyr --snapshot node.json", "on a laptop"],
  ],
  async execute(_invocation, context) {
    const { terminal, commands, signal, given, agents, file } = context;
    const config = await resolveInspect(context);
    const { node, discovery, pods } = await commands.record(config, { signal });
    const settings = recordSettings(given, agents.described);
    await terminal.note(`Recorded ${discovery.containers.length} containers and ${pods.length} pods`);
    await terminal.out(formatSnapshot({ node, discovery, pods, settings, rules: file?.ruleValues ?? {} }));
    return EXIT.fine;
  },
};
