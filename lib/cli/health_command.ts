/**
 * The command `health`: whether the watcher of this machine is well, for a container's HEALTHCHECK, which has no shell and no curl.
 *
 * @module
 */
import { CORE_SETTINGS } from "../config/core_settings.ts";
import { findGiven, type Given } from "../config/given.ts";
import type { CommandDefinition } from "./command_definition.ts";
import { EXIT, UsageError } from "./failure.ts";

/** Time that an answer may take, milliseconds. */
const ANSWER_MS = 5_000;

/** Declares `health`. */
export const healthCommand: CommandDefinition = {
  name: "health",
  needs: ["net"],
  uses: ["read", "env"],
  summary: "Ask the running watcher whether it is well, for a container's health check",
  description: "Asks /healthz (or /readyz) on the metrics port of this machine, and prints the answer. " +
    "Exit code 1 if the watcher is stuck or does not answer. Where there is no metrics port, nothing can be asked: exit code 0.",
  takesAgentNames: false,
  settings: ["metricsPort", "config"],
  takesAgentSettings: false,
  takesFaultyFile: true,
  options: [{ flag: "ready", help: "Ask whether it has done its first pass, too" }],
  examples: [["deno task start health --metrics-port 9400", "beside a watcher with the same port"]],
  async execute({ options }, { given, signal, terminal }) {
    const port = portOf(given);
    if (port === undefined) {
      await terminal.note("The watcher has no metrics port, so nothing is asked; set --metrics-port");
      return EXIT.fine;
    }
    const url = `http://127.0.0.1:${port}${options.has("ready") ? "/readyz" : "/healthz"}`;
    const { isWell, text } = await ask(url, signal);
    await terminal.out(`${text.trim()}\n`);
    return isWell ? EXIT.fine : EXIT.failed;
  },
};

/** @throws {UsageError} If the setting is no port. */
function portOf(given: Given): number | undefined {
  const text = findGiven(given, CORE_SETTINGS.metricsPort);
  if (text === undefined) return undefined;
  const parsed = CORE_SETTINGS.metricsPort.parse(text.text);
  if ("value" in parsed) return parsed.value;
  throw new UsageError(`${text.origin} is ${JSON.stringify(text.text)}, expected ${parsed.expected}`);
}

async function ask(url: string, signal: AbortSignal): Promise<{ isWell: boolean; text: string }> {
  try {
    const response = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]) });
    return { isWell: response.ok, text: await response.text() };
  } catch (error) {
    return { isWell: false, text: `No watcher answers at ${url}: ${(error as Error).message}` };
  }
}
