/**
 * The program with the double behind its commands, to be run as a process.
 *
 * @module
 */
import { run } from "../../lib/cli/run.ts";
import { commandDouble } from "./command_double.ts";

if (import.meta.main) Deno.exit(await run(Deno.args, { commands: commandDouble }));
