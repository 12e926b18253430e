/**
 * Follows a document to the letter: writes the files that it shows, and runs its commands.
 *
 * @module
 */
import assert from "node:assert/strict";
import { dirname, join } from "node:path";

/** A fenced block of a Markdown file. */
export interface FencedBlock {
  /** Word after the fence; empty for none. */
  readonly language: string;
  /** File that it is the contents of: the line before it names it, like `path/to/file`: */
  readonly path: string | undefined;
  readonly text: string;
}

/** Lists the fenced blocks of a text, in their order; those of a list's items without their indentation. */
export function fencedBlocks(markdown: string): readonly FencedBlock[] {
  const found = markdown.matchAll(/(?:^`([^`\n]+)`:\n\n)?^( *)```([a-z-]*)\n([^]*?)^\2```$/gm);
  return [...found].map(([, path, indent, language, text]) => ({
    path,
    language: language!,
    text: text!.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
  }));
}

/** What a project's own copy needs in order to run. */
const PARTS = [
  "deno.json",
  "deno.lock",
  "main.ts",
  "lib",
  "agents",
  "templates",
  "release",
  "docs",
  "README.md",
  "SECURITY.md",
  "LICENSE",
];

/** Copies the project into a temporary folder, so that a guide may write into it. @returns The folder. */
export async function copyOfProject(root: string): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "klw-guide-" });
  for (const part of PARTS) await copy(join(root, part), join(folder, part));
  // Installed packages are not copied: they are many, and nobody writes to them.
  await Deno.symlink(join(root, "node_modules"), join(folder, "node_modules"));
  return folder;
}

async function copy(from: string, to: string): Promise<void> {
  if (!(await Deno.stat(from)).isDirectory) {
    await Deno.mkdir(dirname(to), { recursive: true });
    return await Deno.copyFile(from, to);
  }
  for await (const { name } of Deno.readDir(from)) await copy(join(from, name), join(to, name));
}

/** Runs commands as a person would type them, one after the other, up to the first that fails. @returns What they printed on stdout. */
export async function runShell(
  commands: string,
  { cwd, env = {} }: { readonly cwd: string; readonly env?: Readonly<Record<string, string>> },
): Promise<string> {
  // The deno that runs this is the one that is meant, on PATH or not.
  const path = `${dirname(Deno.execPath())}:${Deno.env.get("PATH") ?? ""}`;
  const { code, stdout, stderr } = await new Deno.Command("sh", {
    args: ["-euc", commands],
    cwd,
    env: { NO_COLOR: "1", PATH: path, ...env },
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  assert.equal(code, 0, `${commands}\n${decoder.decode(stdout)}\n${decoder.decode(stderr)}`);
  return decoder.decode(stdout);
}

/**
 * Runs a command that goes on until it is interrupted: waits until it has printed something or logs that it has started, interrupts it as Ctrl-C does.
 */
export async function runUntilInterrupted(
  command: string,
  { cwd, env }: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): Promise<void> {
  // A session of its own is a process group of its own, which Ctrl-C reaches as a whole.
  const child = new Deno.Command("setsid", {
    args: ["sh", "-euc", command],
    cwd,
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let text = "";
  const first = Promise.withResolvers<void>();
  const read = async (stream: ReadableStream<Uint8Array<ArrayBuffer>>, isBegin: (part: string) => boolean) => {
    for await (const part of stream.pipeThrough(new TextDecoderStream())) {
      text += part;
      if (isBegin(part)) first.resolve();
    }
  };
  const reading = Promise.all([read(child.stdout, () => true), read(child.stderr, (part) => part.includes("Started"))]);
  await Promise.race([first.promise, reading]);
  await new Deno.Command("sh", { args: ["-c", `kill -INT -${child.pid}`], stdout: "null", stderr: "null" }).output();
  const { code } = await child.status;
  await reading;
  // 130: the shell, too, is interrupted.
  assert.ok(code === 0 || code === 130, `${command}\n${text}\nexit code ${code}`);
}
