import assert from "node:assert/strict";
import { COMMANDS } from "../../lib/cli/command_table.ts";
import { manPage } from "../../lib/cli/man_page.ts";
import { coreSettings } from "../../lib/config/core_settings.ts";
import { REAL_MAIN, runProgram } from "./program.ts";

/** Macros of man(7) that the page uses. */
const MACROS = /^\.(?:\\"|TH|SH|SS|PP|TP|B|I|RI|RS|RE|nf|fi)(?: |$)/;

Deno.test("the manual page has every command, option and setting with the words of the help", () => {
  const page = manPage({ definitions: COMMANDS, version: "1.2.3" });
  const plain = page.replaceAll("\\-", "-").replaceAll(/\\f[BIR]/g, "").replaceAll(/\s+/g, " ");
  for (const { name, description, options } of COMMANDS) {
    assert.ok(plain.includes(` .SS ${name}`), name);
    assert.ok(plain.includes(description.replaceAll("\\", "\\e").replaceAll(/\s+/g, " ")), name);
    for (const { flag, help } of options) assert.ok(plain.includes(`--${flag}`) && plain.includes(help), flag);
  }
  for (const [, { flag, env, help }] of coreSettings()) {
    assert.ok(plain.includes(`--${flag} `) && plain.includes(`${help}. Variable: ${env}.`), flag);
  }
});

Deno.test("every line of the manual page is text or a macro of man(7), and short", () => {
  const page = manPage({
    definitions: [{ ...COMMANDS[0]!, description: ".hidden 'quoted' back\\slash\n'line " + "- word ".repeat(40) }],
    version: "1",
  });
  for (const line of [page, manPage({ definitions: COMMANDS, version: "1" })].flatMap((text) => text.split("\n"))) {
    if (/^[.']/.test(line)) assert.match(line, MACROS);
    assert.ok(line.length <= 100 || !/ /.test(line.trim()) || line.startsWith(".TH") || /deno|kube/.test(line), line);
  }
  assert.match(page, /^\\&\.hidden 'quoted' back\\eslash/m);
});

Deno.test("man prints the page, and needs no permission for it", async () => {
  const { code, out, err } = await runProgram(["man"], { main: REAL_MAIN, flags: ["--no-prompt"] });
  assert.deepEqual([code, err], [0, ""]);
  assert.match(out, /^\.TH KUBE-LOG-WATCHER 1 /m);
});
