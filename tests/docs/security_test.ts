import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { BUILT_IN_AGENTS } from "../../lib/render/find_agents.ts";
import { hasTest, testFiles } from "./named_tests.ts";

const ROOT = dirname(BUILT_IN_AGENTS);

/** Licences that a product under MIT may be shipped with. */
const FREE = [
  "MIT",
  "ISC",
  "Apache-2.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "0BSD",
  "PSF-2.0",
  "Unlicense",
  "Python-2.0",
  "BlueOak-1.0.0",
];

/** Packages that only tests need and that no user gets, with licences that bind only who changes and hands on the package itself. */
const NOT_SHIPPED: Readonly<Record<string, string>> = { "axe-core": "MPL-2.0" };

Deno.test("every test that SECURITY.md names exists", () => {
  const text = Deno.readTextFileSync(join(ROOT, "SECURITY.md"));
  const files = testFiles(join(ROOT, "tests"));
  files.delete(join(ROOT, "tests/docs/security_test.ts"));
  const names = [...text.matchAll(/"([^"]{20,})"/g)].map((match) => match[1]!).filter((name) =>
    !name.startsWith("no package that")
  );
  assert.ok(names.length > 20);
  assert.deepEqual(names.filter((name) => !hasTest(name, files)), []);
  for (const [path] of text.matchAll(/tests\/[a-z_/]+(\.ts)?/g)) assert.ok(Deno.statSync(join(ROOT, path)), path);
});

Deno.test("no package that is installed has an install script, and all licences are known to be free", () => {
  const store = join(ROOT, "node_modules/.deno");
  let packages = 0;
  for (const { name, isDirectory } of Deno.readDirSync(store)) {
    if (!isDirectory || !name.includes("@")) continue;
    // A folder `scope+name@version[_peers]` holds node_modules/scope/name.
    const own = name.slice(0, name.indexOf("@", 1)).replace("+", "/");
    const { license, scripts = {} } = JSON.parse(
      Deno.readTextFileSync(join(store, name, "node_modules", own, "package.json")),
    );
    assert.ok(FREE.includes(license) || NOT_SHIPPED[own] === license, `${name} has the licence ${license}`);
    for (const script of ["preinstall", "install", "postinstall"]) {
      assert.ok(!(script in scripts), `${name} has a script ${script}`);
    }
    packages++;
  }
  assert.ok(packages > 5);
  assert.ok(!Deno.readTextFileSync(join(ROOT, "deno.json")).includes("allowScripts"));
});
