/**
 * The command `man`: the manual page.
 *
 * @module
 */
import type { CommandDefinition } from "./command_definition.ts";
import { EXIT } from "./failure.ts";
import { manPage } from "./man_page.ts";
import { VERSION } from "./version.ts";

/** Declares `man`. */
export const manCommand: CommandDefinition = {
  name: "man",
  needs: [],
  uses: [],
  summary: "Print the manual page, for man",
  description:
    "Prints the manual page kube-log-watcher(1) in roff, made from the same texts as the help of each command.",
  takesAgentNames: false,
  settings: [],
  takesAgentSettings: false,
  options: [],
  examples: [
    ["deno task --quiet start man | man -l -", "read it"],
    ["deno task --quiet start man > /usr/local/share/man/man1/kube-log-watcher.1", "install it"],
  ],
  usesNetwork: () => false,
  async execute(_, { definitions, terminal }) {
    await terminal.out(manPage({ definitions, version: VERSION }));
    return EXIT.fine;
  },
};
