/**
 * Values of secret settings: from a variable, or from a file that is read again when asked. Never from a flag's value, and
 * never part of a message.
 *
 * @module
 */
import type { Setting } from "../render/agent.ts";
import type { AgentConfig } from "./config.ts";
import { describeProblem, findGiven, type Given } from "./given.ts";
import { flagOf } from "./setting_names.ts";
import { parsePath } from "./value_parsers.ts";

/** Reads a text file, as Deno.readTextFile does. */
export type ReadTextFile = (path: string) => Promise<string>;

/** A secret with the file it came from, or why it cannot be had. */
export type FoundSecret = { readonly value: string; readonly file?: string } | { readonly problem: string };

/** A file with a secret cannot be read, or holds nothing. */
export class SecretFileError extends Error {
  override readonly name = "SecretFileError";
}

/**
 * Finds the value of a secret setting.
 * @returns undefined where neither the variable nor a file is given.
 */
export async function findSecret(
  setting: Setting,
  { given, readTextFile }: { readonly given: Given; readonly readTextFile: ReadTextFile },
): Promise<FoundSecret | undefined> {
  const flag = flagOf(setting.env);
  if (given.flags.has(flag)) return { problem: refuseFlag(setting.env, flag) };
  const value = given.env[setting.env]?.trim() ?? "";
  const file = findGiven(given, { env: `${setting.env}_FILE`, flag: `${flag}-file` });
  if (!file) return value === "" ? undefined : { value };
  if (value !== "") return { problem: `${setting.env} and ${file.origin} are both set, expected only one of them` };
  const path = parsePath(file.text);
  if ("expected" in path) return { problem: describeProblem(file, path.expected) };
  try {
    return { value: await readSecretFile(path.value, { origin: file.origin, readTextFile }), file: path.value };
  } catch (error) {
    if (error instanceof SecretFileError) return { problem: error.message };
    throw error;
  }
}

/**
 * Reads the files of an agent's secrets again.
 * @returns The agent's settings with fresh values; the very same object when nothing changed.
 * @throws {SecretFileError} If a file cannot be read or is empty now; the values so far remain good.
 */
export async function readSecrets(agent: AgentConfig, readTextFile: ReadTextFile): Promise<AgentConfig["settings"]> {
  const files = Object.entries(agent.secretFiles);
  const fresh = await Promise.all(files.map(async ([name, path]) => {
    const origin = `${agent.description.settings[name]?.env ?? name}_FILE`;
    return [name, await readSecretFile(path, { origin, readTextFile })] as const;
  }));
  const isSame = fresh.every(([name, value]) => agent.settings[name] === value);
  return isSame ? agent.settings : { ...agent.settings, ...Object.fromEntries(fresh) };
}

async function readSecretFile(
  path: string,
  { origin, readTextFile }: { readonly origin: string; readonly readTextFile: ReadTextFile },
): Promise<string> {
  const text = await readTextFile(path).catch((cause: unknown) => {
    if (!(cause instanceof Error)) throw cause;
    throw new SecretFileError(`Cannot read ${path}, the file of ${origin}: ${whyUnreadable(cause)}`, { cause });
  });
  const value = text.trim();
  if (value === "") throw new SecretFileError(`${path}, the file of ${origin}, is empty, expected the secret in it`);
  return value;
}

function whyUnreadable(cause: Error): string {
  if (cause instanceof Deno.errors.NotFound) return "it does not exist; mount it, or correct the path";
  if (cause instanceof Deno.errors.PermissionDenied) return "this user may not read it";
  if (cause instanceof Deno.errors.NotCapable) return "Deno was started without --allow-read";
  return cause.message;
}

function refuseFlag(env: string, flag: string): string {
  return `--${flag} is a secret and not taken as a flag, for anyone on the machine can read the arguments of a process; ` +
    `set ${env}, or name a file that holds it with --${flag}-file`;
}
