/**
 * Makes the npm package: `deno task pack:npm [--to <folder>]` writes its folder, which `npm publish` takes.
 *
 * @module
 */
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { COMMANDS } from "../lib/cli/command_table.ts";
import { manPage } from "../lib/cli/man_page.ts";
import { MEMORY_FLAGS } from "../lib/cli/memory_flags.ts";
import { permissionFlags } from "../lib/cli/permissions.ts";
import { copyPackages, lockedPackages } from "./bundled_packages.ts";

const PROJECT = fileURLToPath(new URL("../", import.meta.url));
/** Version of Deno that the package brings along: the one that everything is tested with. */
const DENO_VERSION = Deno.version.deno;
/** What the program needs at run time. */
const PARTS = ["main.ts", "lib", "agents", "templates", "docs", "README.md", "SECURITY.md", "LICENSE"];
const MAN_PAGE = "man/kube-log-watcher.1";
/** Packages that only tests need. */
const FOR_TESTS = new Set(["axe-core", "fast-check", "playwright-core"]);

/** Writes the package into a folder, which must not be there or be empty. */
export async function packNpm(to: string): Promise<void> {
  const config = JSON.parse(await Deno.readTextFile(join(PROJECT, "deno.json")));
  for (const part of PARTS) await copy(join(PROJECT, part), join(to, part));
  await copy(join(PROJECT, "release/npm_launcher.js"), join(to, "bin/kube-log-watcher.js"));
  await Deno.chmod(join(to, "bin/kube-log-watcher.js"), 0o755);
  const { npm } = JSON.parse(await Deno.readTextFile(join(PROJECT, "deno.lock")));
  const packages = lockedPackages(Object.keys(dependenciesOf(config.imports)), npm);
  const isRunFlag = (flag: string) => flag.startsWith("--allow-run");
  const manifest = {
    name: config.name,
    version: config.version,
    description: "Keeps the configuration of log shippers true to the containers of a Kubernetes node",
    license: config.license,
    keywords: ["kubernetes", "logging", "daemonset", "log-shipper"],
    type: "module",
    bin: { "kube-log-watcher": "bin/kube-log-watcher.js" },
    man: [MAN_PAGE],
    engines: { node: ">=18" },
    files: [...PARTS, "deno.json", "bin", "man"],
    // The Deno that is found at run time is added to these.
    denoFlags: [...MEMORY_FLAGS, ...permissionFlags("deno").filter((flag) => !isRunFlag(flag))],
    dependencies: { deno: DENO_VERSION, ...Object.fromEntries(packages) },
    bundleDependencies: [...packages.keys()],
  };
  await Deno.writeTextFile(join(to, "package.json"), JSON.stringify(manifest, null, 2) + "\n");
  await copyPackages(packages, { from: PROJECT, to: join(to, "node_modules") });
  await Deno.mkdir(join(to, "man"));
  await Deno.writeTextFile(join(to, MAN_PAGE), manPage({ definitions: COMMANDS, version: config.version }));
  await Deno.writeTextFile(join(to, "deno.json"), JSON.stringify(installedConfig(config), null, 2) + "\n");
}

/** Makes the configuration of an installed program: npm has put its packages where they are, and Deno must not put others there, nor take any away. */
function installedConfig({ name, version, license, exports, imports }: Readonly<Record<string, unknown>>) {
  return { name, version, license, exports, nodeModulesDir: "manual", imports };
}

/** Gives the packages of an import map, `npm:eta@4.6.0/core` as eta 4.6.0. */
function dependenciesOf(imports: Readonly<Record<string, string>>): Record<string, string> {
  const found = Object.values(imports).map((specifier) => /^npm:((?:@[^/]+\/)?[^@/]+)@([^/]+)/.exec(specifier));
  return Object.fromEntries(
    found.flatMap((match) => match && !FOR_TESTS.has(match[1]!) ? [[match[1]!, match[2]!]] : []),
  );
}

async function copy(from: string, to: string): Promise<void> {
  const { isDirectory } = await Deno.stat(from);
  await Deno.mkdir(isDirectory ? to : dirname(to), { recursive: true });
  if (!isDirectory) return await Deno.copyFile(from, to);
  for await (const { name } of Deno.readDir(from)) await copy(join(from, name), join(to, name));
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { to: { type: "string", default: join(PROJECT, "artefacts/npm") } } });
  await Deno.remove(values.to, { recursive: true }).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
  await packNpm(values.to);
  console.log(
    `Made ${relative(Deno.cwd(), values.to) || "."}; next: (cd ${values.to} && npm pack --dry-run && npm publish)`,
  );
}
