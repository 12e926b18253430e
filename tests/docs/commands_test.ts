import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { COMMANDS } from "../../lib/cli/command_table.ts";
import { MEMORY_FLAGS } from "../../lib/cli/memory_flags.ts";
import { permissionFlags } from "../../lib/cli/permissions.ts";
import { guides } from "./documents.ts";
import { copyOfProject, fencedBlocks, runShell, runUntilInterrupted } from "./follow_guide.ts";
import { ROOT } from "./hold_to.ts";
import { makeStandIns } from "./stand_ins.ts";

/** It has a test of its own, which looks at the outputs, too. */
const FOLLOWED_ELSEWHERE = ["docs/agents.md"];

/** A line of a block that somebody could type. */
const COMMAND = /^\s*(?:\$ )?(?:[A-Z_]+=\S* )*(?:deno|npx|npm|kubectl|helm|docker|git|kube-log-watcher) /m;

const { tasks } = JSON.parse(Deno.readTextFileSync(join(ROOT, "deno.json")));
const DENO_VERSION = /^DENO_VERSION=(.*)$/m.exec(Deno.readTextFileSync(join(ROOT, ".ci/run")))![1]!;

for (const { path, text } of guides()) {
  const blocks = fencedBlocks(text);
  if (FOLLOWED_ELSEWHERE.includes(path) || !blocks.some(({ language }) => language === "sh")) continue;
  Deno.test(`every command in ${path} works, in their order`, async () => {
    const project = await copyOfProject(ROOT);
    try {
      const { env, calls } = await makeStandIns(project);
      // A person types them all into one shell.
      let variables = "";
      for (const { language, path, text } of blocks) {
        if (path !== undefined) await writeFile(join(project, path), text);
        else if (language === "sh" && text.startsWith("# until Ctrl-C")) {
          await runUntilInterrupted(text, { cwd: project, env });
        } else if (language === "sh") {
          await runShell(variables + text, { cwd: project, env });
          variables += (text.match(/^[a-z_]+=.*\n/gm) ?? []).join("");
        }
      }
      for (const call of calls()) checkCall(call);
    } finally {
      await Deno.remove(project, { recursive: true });
    }
  });
}

async function writeFile(path: string, text: string): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true });
  await Deno.writeTextFile(path, text);
}

/** Looks at calls of programs that were not run: Deno and its tasks by another program. */
function checkCall(call: string): void {
  const version = /deno@(\S+)/.exec(call)?.[1];
  if (version !== undefined) assert.equal(version, DENO_VERSION, call);
  const task = /^(?:deno|npx -y deno@\S+) task (\S+)/.exec(call)?.[1];
  if (task !== undefined) assert.ok(Object.hasOwn(tasks, task), call);
}

Deno.test("a block that holds commands is marked as such, so that they are run", () => {
  for (const { path, text } of guides()) {
    for (const { language, text: block } of fencedBlocks(text)) {
      if (language !== "sh") assert.doesNotMatch(block, COMMAND, `${path}: a block of the language "${language}"`);
    }
  }
});

Deno.test("commands that documents name in a sentence exist", () => {
  const known = COMMANDS.flatMap(({ name }) => [name, name.split(" ")[0]!]);
  for (const { path, text } of guides()) {
    for (
      const [whole, command] of text.matchAll(/`(?:deno task (?:--quiet )?start|kube-log-watcher) ([a-z]+)[^`]*`/g)
    ) {
      assert.ok(known.includes(command!), `${path}: ${whole}`);
    }
    for (const [whole, task] of text.matchAll(/`deno task (?:--quiet )?([a-z:-]+)[^`]*`/g)) {
      assert.ok(Object.hasOwn(tasks, task!), `${path}: ${whole}`);
    }
  }
});

Deno.test("the command that docs/release.md installs has exactly the permissions of the program", () => {
  const text = Deno.readTextFileSync(join(ROOT, "docs/release.md"));
  const [line] = text.match(/deno install --global.*/)!;
  const flags = line.replace(/--allow-run="[^"]*"/, "--allow-run=deno").match(/--(?:allow-|no-prompt|v8-flags)\S*/g)!;
  assert.deepEqual(flags.toSorted(), [...MEMORY_FLAGS, ...permissionFlags("deno")].toSorted());
});

Deno.test("metrics and settings that documents name exist", async () => {
  const metrics = await sources(["lib/cli", "lib/observe", "lib/events"]);
  // Its tables are made from the declarations.
  const settings = Deno.readTextFileSync(join(ROOT, "docs/settings.md"));
  for (const { path, text } of guides()) {
    for (const [, name] of text.matchAll(/\bkube_log_watcher_([a-z_]*[a-z])(?![a-z_*<])/g)) {
      const plain = name!.replace(/_(bucket|sum|count)$/, "");
      assert.ok(metrics.includes(`"${plain}"`) || metrics.includes(`_${plain}\``), `${path}: kube_log_watcher_${name}`);
    }
    for (const [name] of text.matchAll(/\b(?:WATCHER|CLUSTER)_[A-Z0-9_]*[A-Z0-9]\b(?!_)/g)) {
      const isExample = /^WATCHER_(LINES|TAILOR)_/.test(name);
      assert.ok(isExample || settings.includes(`\`${name}\``), `${path}: ${name}`);
    }
  }
});

Deno.test("messages that docs/troubleshooting.md quotes are those of the program", async () => {
  const messages = await sources(["lib"]);
  const prose = Deno.readTextFileSync(join(ROOT, "docs/troubleshooting.md")).replaceAll(/^```[^]*?^```$/gm, "");
  const quoted = [...prose.matchAll(/"([^"`]{12,})"/g)].map(([, text]) => text!);
  assert.ok(quoted.length > 5);
  for (const text of quoted) {
    for (const part of text.split("...")) assert.ok(messages.includes(part.trimEnd()), `${text}: ${part}`);
  }
});

Deno.test("docs/troubleshooting.md says of each of the 20 problems how to see it and what to do", () => {
  const text = Deno.readTextFileSync(join(ROOT, "docs/troubleshooting.md"));
  const parts = text.split(/^### /m).slice(1);
  for (let number = 1; number <= 20; number++) {
    const about = parts.filter((part) => part.split("\n")[0]!.includes(`(${number})`));
    assert.ok(about.length > 0, `problem ${number}`);
    for (const part of about) {
      for (const words of ["*See it.* ", "*Do.* "]) {
        assert.ok(part.includes(`\n${words}`), `${part.split("\n")[0]}: ${words}`);
      }
    }
  }
});

/** Reads the texts of all sources below some folders; a folder may be missing. */
async function sources(folders: readonly string[]): Promise<string> {
  const texts: string[] = [];
  const read = async (folder: string) => {
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      if (isDirectory) await read(join(folder, name));
      else if (name.endsWith(".ts")) texts.push(await Deno.readTextFile(join(folder, name)));
    }
  };
  for (const folder of folders) {
    await read(join(ROOT, folder)).catch((error) => {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    });
  }
  return texts.join("\n");
}
