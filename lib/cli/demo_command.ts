/**
 * The command `demo`: the main job on a simulated node.
 *
 * @module
 */
import { ConfigError, parseCore } from "../config/resolve.ts";
import type { CommandDefinition } from "./command_definition.ts";

/** Declares `demo`. */
export const demoCommand: CommandDefinition = {
  name: "demo",
  needs: ["read", "write", "net", "run"],
  uses: ["env"],
  summary: "Show the main job on a simulated node, in about 20 seconds",
  description:
    "Makes a small simulated node in a temporary folder, with an API of its own, and runs the real watcher against it: containers " +
    "start, log, restart, change their labels and stop. Prints what is written and why, as it happens, and cleans up.",
  takesAgentNames: false,
  settings: ["debug", "logFormat"],
  takesAgentSettings: false,
  options: [{ flag: "keep", help: "Go on after the demonstration, until SIGTERM or SIGINT" }],
  examples: [
    ["deno task demo", "about 20 seconds, needs no cluster"],
    ["deno task demo --keep", "look at the files for as long as you like"],
  ],
  async execute({ options }, { commands, signal, given }) {
    const { values, problems } = parseCore({
      flags: given.flags,
      env: pick(given.env, ["WATCHER_DEBUG", "WATCHER_LOG_FORMAT"]),
    });
    if (problems.length > 0) throw new ConfigError(problems);
    const config = { isDebug: values.debug, logFormat: values.logFormat };
    return await commands.demo(config, { keep: options.has("keep"), signal });
  },
};

function pick(env: Readonly<Record<string, string | undefined>>, names: readonly string[]) {
  return Object.fromEntries(names.map((name) => [name, env[name]]));
}
