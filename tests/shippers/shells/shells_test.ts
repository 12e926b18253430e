import assert from "node:assert/strict";
import { join } from "node:path";
import { REAL_MAIN, runProgram } from "../../cli/program.ts";
import { DEBIAN_LIBRARIES, obtainDebianPackages, withShipper } from "../obtain.ts";
import { runCommand, tryCommand } from "../run_command.ts";

const ZSH = await obtainDebianPackages("debian-bookworm-zsh", ["zsh", "zsh-common"]);
const FISH = await obtainDebianPackages("debian-bookworm-fish", ["fish", "fish-common", "libpcre2-32-0"]);
const MANDOC = await obtainDebianPackages("debian-bookworm-mandoc", ["mandoc"]);

/** Writes what a command of the program prints into a file of a temporary folder, which goes at the end. */
async function withPrinted(
  args: readonly string[],
  name: string,
  test: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const { code, out, err } = await runProgram(args, { main: REAL_MAIN });
    assert.equal(code, 0, err);
    await Deno.writeTextFile(join(folder, name), out);
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Types a line and the Tab key into zsh at a terminal, and waits for what is to appear; it is killed if that never does. */
const ZSH_AT_TERMINAL = `
zmodload zsh/zpty
zpty terminal $ZSH_PROGRAM -f -i
zpty -w terminal 'PROMPT=; fpath=($SCRIPT_FOLDER $fpath); autoload -Uz compinit; compinit -u -D; print READY$((1 + 1))'
zpty -r -m terminal seen '*READY2*'
zpty -w -n terminal "kube-log-watcher $1"$'\\t'
zpty -r -m terminal seen "*$2*"
zpty -d terminal
print seen
`;

withShipper(ZSH, (folder, test) => {
  test("zsh completes commands, options, their words and agents at a terminal", () =>
    withPrinted(["completion", "zsh"], "_kube-log-watcher", async (scripts) => {
      const zsh = join(folder, "bin/zsh");
      const functions = join(folder, "usr/share/zsh/functions");
      const env = {
        ZSH_PROGRAM: zsh,
        SCRIPT_FOLDER: scripts,
        MODULE_PATH: join(folder, "usr/lib", DEBIAN_LIBRARIES, "zsh/5.9"),
        FPATH: [functions, ...foldersIn(functions)].join(":"),
        TERM: "dumb",
        HOME: scripts,
      };
      const rows: readonly (readonly [typed: string, seen: string])[] = [
        ["prev", "preview "],
        ["preview sca", "preview scalyr"],
        ["watch --agents sym", "--agents symlinker"],
        ["watch --onc", "--once"],
        ["agents ", "check*list*new"],
        ["watch --log-format ", "json*text"],
        ["completion fi", "completion fish"],
      ];
      for (const [typed, seen] of rows) {
        const { stdout, stderr } = await tryCommand([zsh, "-f", "-c", ZSH_AT_TERMINAL, "zsh", typed, seen], { env });
        assert.equal(stdout, "seen\n", `${typed}: ${stderr}`);
      }
    }));
});

withShipper(FISH, (folder, test) => {
  test("fish completes commands, options, their words and agents", () =>
    withPrinted(["completion", "fish"], "kube-log-watcher.fish", async (scripts) => {
      const env = {
        LD_LIBRARY_PATH: join(folder, "usr/lib", DEBIAN_LIBRARIES),
        HOME: scripts,
        XDG_CONFIG_HOME: join(scripts, "config"),
      };
      const complete = async (line: string) => {
        // It looks for its own functions in /usr/share alone, where they are only if it is installed.
        const code = "set fish_function_path $argv[1]; source $argv[2]; complete -C $argv[3]";
        const own = [join(folder, "usr/share/fish/functions"), join(scripts, "kube-log-watcher.fish")];
        const out = await runCommand([join(folder, "usr/bin/fish"), "--no-config", "-c", code, ...own, line], { env });
        return out.trim().split("\n").map((reply) => reply.split("\t")[0]);
      };
      assert.deepEqual(await complete("kube-log-watcher pre"), ["preview"]);
      assert.deepEqual(await complete("kube-log-watcher preview sca"), ["scalyr"]);
      assert.deepEqual(await complete("kube-log-watcher watch --agents sym"), ["symlinker"]);
      assert.deepEqual(await complete("kube-log-watcher agents "), ["check", "list", "new"]);
      assert.deepEqual(await complete("kube-log-watcher watch --log-format "), ["json", "text"]);
      assert.deepEqual(await complete("kube-log-watcher completion b"), ["bash"]);
    }));
});

withShipper(MANDOC, (folder, test) => {
  test("mandoc finds nothing wrong with the manual page but that it has no date, and shows it", () =>
    withPrinted(["man"], "kube-log-watcher.1", async (pages) => {
      const page = join(pages, "kube-log-watcher.1");
      const mandoc = join(folder, "usr/bin/mandoc");
      const { stdout } = await tryCommand([mandoc, "-T", "lint", page]);
      const found = stdout.trim().split("\n").map((line) => line.replace(/^.*?:\d+:\d+: /, ""));
      assert.deepEqual(found, ['WARNING: missing date, using "": TH']);
      const shown = await runCommand([mandoc, "-T", "utf8", page]);
      // deno-lint-ignore no-control-regex
      assert.match(shown.replaceAll(/.\x08/g, ""), /^ {7}--golden <folder>$/m);
    }));
});

/** Lists all folders below a folder. */
function foldersIn(folder: string): string[] {
  try {
    const inner = [...Deno.readDirSync(folder)].filter(({ isDirectory }) => isDirectory);
    return inner.flatMap(({ name }) => [join(folder, name), ...foldersIn(join(folder, name))]);
  } catch {
    return []; // where zsh could not be had
  }
}
