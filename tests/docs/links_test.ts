import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { anchorsOf, documents } from "./documents.ts";
import { ROOT } from "./hold_to.ts";

Deno.test("every link between documents leads to a file or folder of the project, and to a heading where it names one", () => {
  const broken: string[] = [];
  let links = 0;
  for (const { path, text } of documents()) {
    const prose = text.replaceAll(/^```[^]*?^```$/gm, "").replaceAll(/`[^`\n]*`/g, "");
    for (const [, target] of prose.matchAll(/\]\((?!https?:)([^)\s]+)\)/g)) {
      links++;
      const [file = "", anchor] = decodeURI(target!).split("#");
      const to = file === "" ? join(ROOT, path) : join(ROOT, dirname(path), file);
      if (!to.startsWith(`${ROOT}/`) || !exists(to)) broken.push(`${path}: ${target}`);
      else if (anchor !== undefined && !anchorsOf(Deno.readTextFileSync(to)).has(anchor)) {
        broken.push(`${path}: ${target}: no such heading`);
      }
    }
  }
  assert.deepEqual(broken, []);
  assert.ok(links > 50);
});

Deno.test("every document of docs is named in the index", () => {
  const index = Deno.readTextFileSync(join(ROOT, "docs/README.md"));
  for (const { path } of documents()) {
    const name = /^docs\/(.*)$/.exec(path)?.[1];
    if (name && name !== "README.md") assert.ok(index.includes(`](${name})`), `docs/README.md names no ${name}`);
  }
});

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}
