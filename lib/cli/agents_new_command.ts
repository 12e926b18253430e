/**
 * The command `agents new`: a folder of one's own that renders at once.
 *
 * @module
 */
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { contractText } from "../render/contract_text.ts";
import type { CommandDefinition } from "./command_definition.ts";
import { EXIT, UsageError } from "./failure.ts";
import { asStarted } from "./started_as.ts";

/** Folder of the scaffold that comes with the program. */
const SCAFFOLD = fileURLToPath(new URL("../../templates/agent", import.meta.url));
/** Name that stands for the new one in it. */
const SCAFFOLD_NAME = "my-shipper";
const MAX_NAME = 40;

/** Declares `agents new`. */
export const agentsNewCommand: CommandDefinition = {
  name: "agents new",
  needs: ["read", "write"],
  uses: ["env"],
  summary: "Make the folder of a new agent, which renders at once",
  description:
    "Makes a folder with a context.ts, a template, a README and the types of the agent contract (contract.ts, for your editor). What it " +
    "renders is a start: change it to what your shipper reads. The folder becomes an agent by --agents-path, which names the folder that it lies in.",
  takesAgentNames: false,
  argument: { syntax: "<name>", help: "Name of the agent: lower-case letters, digits and -" },
  settings: [],
  takesAgentSettings: false,
  options: [{ flag: "in", placeholder: "folder", help: "Folder in which it is made (default: the working folder)" }],
  examples: [
    ["deno task start agents new my-shipper --in ./my-agents", "makes ./my-agents/my-shipper"],
    ["deno task preview my-shipper --agents-path ./my-agents", "shows what it writes"],
  ],
  async execute({ args, options }, { given, terminal }) {
    const name = args[0] ?? "";
    if (!/^[a-z][a-z0-9-]*$/.test(name) || name.length > MAX_NAME) {
      throw new UsageError(
        `Agent ${
          JSON.stringify(name)
        } cannot be made: a name has lower-case letters, digits and -, at most ${MAX_NAME}`,
      );
    }
    const place = resolve(String(options.get("in") ?? "."));
    const folder = join(place, name);
    await make(folder, name);
    const lines = [
      `Made ${folder}: context.ts, input.yaml.eta, README.md, contract.ts`,
      `See what it writes:   deno task preview ${name} --agents-path ${place}`,
      `And again each time:  deno task preview ${name} --agents-path ${place} --watch`,
      `Check it:             deno task start agents check ${folder}`,
      "",
    ];
    await terminal.out(asStarted(lines.join("\n"), given.env));
    return EXIT.fine;
  },
};

/** @throws {UsageError} If the folder is there already, or cannot be made. */
async function make(folder: string, name: string): Promise<void> {
  try {
    await Deno.mkdir(join(folder, ".."), { recursive: true });
    await Deno.mkdir(folder);
  } catch (cause) {
    const why = cause instanceof Deno.errors.AlreadyExists ? "it is there already" : (cause as Error).message;
    throw new UsageError(`Cannot make ${folder}: ${why}; choose another name, or another folder with --in`, { cause });
  }
  const variable = (text: string) => text.toUpperCase().replaceAll("-", "_");
  for (const { name: file } of Deno.readDirSync(SCAFFOLD)) {
    const text = await Deno.readTextFile(join(SCAFFOLD, file));
    const own = text.replaceAll(SCAFFOLD_NAME, name).replaceAll(variable(SCAFFOLD_NAME), variable(name));
    await Deno.writeTextFile(join(folder, file), own);
  }
  await Deno.writeTextFile(join(folder, "contract.ts"), contractText());
}
