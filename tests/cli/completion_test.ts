import assert from "node:assert/strict";
import { REAL_MAIN, runProgram } from "./program.ts";

const SCRIPTS = new Map(
  await Promise.all(["bash", "zsh", "fish"].map(async (shell) => {
    const { code, out, err } = await runProgram(["completion", shell], { main: REAL_MAIN });
    assert.equal(code, 0, err);
    return [shell, out] as const;
  })),
);

/** Runs a shell with the script in the file $1. */
async function inShell(shell: string, code: string, args: readonly string[] = []): Promise<string> {
  const file = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(file, SCRIPTS.get(shell)!);
    const { success, stdout, stderr } = await new Deno.Command(shell, { args: ["-c", code, file, ...args] }).output();
    assert.ok(success, new TextDecoder().decode(stderr));
    return new TextDecoder().decode(stdout);
  } finally {
    await Deno.remove(file);
  }
}

/** Has bash complete the last of some words, as it does at the Tab key. */
async function complete(...words: string[]): Promise<string[]> {
  const code =
    'source "$0"; COMP_WORDS=(kube-log-watcher "$@"); COMP_CWORD=$#; _kube_log_watcher; printf "%s\\n" "${COMPREPLY[@]}"';
  return (await inShell("bash", code, words)).trim().split("\n");
}

function whyNot(shell: string): string | undefined {
  try {
    new Deno.Command(shell, { args: ["-c", "true"], stdout: "null", stderr: "null" }).outputSync();
    return undefined;
  } catch {
    return `There is no ${shell} on this machine`;
  }
}

Deno.test("bash completes commands, options, their words and agents", async () => {
  const rows: [string[], string[]][] = [
    [["pre"], ["preview"]],
    [["preview", "sca"], ["scalyr"]],
    [["watch", "--agents", "sym"], ["symlinker"]],
    [["watch", "--on"], ["--once"]],
    [["preview", "scalyr", "--scalyr-api"], ["--scalyr-api-key-file"]],
    [["preview", "--output", ""], ["text", "json"]],
    [["completion", ""], ["bash", "zsh", "fish", "--help"]],
    [["help", "wat"], ["watch"]],
    [["watch", "--containers-path", "/et"], ["/etc"]],
  ];
  for (const [words, expected] of rows) assert.deepEqual(await complete(...words), expected, words.join(" "));
});

const whyNoZsh = whyNot("zsh");
Deno.test({
  name: `zsh takes its completion script${whyNoZsh ? ` (left out: ${whyNoZsh})` : ""}`,
  ignore: whyNoZsh !== undefined,
  fn: async () => assert.equal(await inShell("zsh", 'zsh -n "$0"'), ""),
});

const whyNoFish = whyNot("fish");
Deno.test({
  name: `fish completes commands, options, their words and agents${whyNoFish ? ` (left out: ${whyNoFish})` : ""}`,
  ignore: whyNoFish !== undefined,
  fn: async () => {
    const words = async (line: string) => {
      // In fish the first argument after the code is $argv[1].
      const found = await inShell("fish", "source $argv[1]; complete -C $argv[2]", [line]);
      return found.trim().split("\n").map((reply) => reply.split("\t")[0]);
    };
    assert.deepEqual(await words("kube-log-watcher pre"), ["preview"]);
    assert.deepEqual(await words("kube-log-watcher preview sca"), ["scalyr"]);
    assert.deepEqual(await words("kube-log-watcher watch --agents sym"), ["symlinker"]);
    assert.deepEqual(await words("kube-log-watcher preview --output "), ["json", "text"]);
    assert.deepEqual(await words("kube-log-watcher completion b"), ["bash"]);
  },
});

Deno.test("a shell that is not known is refused with those that are", async () => {
  const { code, err } = await runProgram(["completion", "tcsh"], { main: REAL_MAIN });
  assert.equal(code, 2);
  assert.equal(err, "error: Shell tcsh is not known (shells: bash, zsh, fish)\n");
});
