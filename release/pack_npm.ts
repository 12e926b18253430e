/**
 * Makes the npm package: `deno task pack:npm [--to <folder>]` writes its folder, which `npm publish` takes.
 *
 * @module
 */
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { MEMORY_FLAGS } from "../lib/cli/memory_flags.ts";
import { permissionFlags } from "../lib/cli/permissions.ts";

const PROJECT = fileURLToPath(new URL("../", import.meta.url));
/** Version of Deno that the package brings along: the one that everything is tested with. */
const DENO_VERSION = Deno.version.deno;
/** What the program needs at run time. */
const PARTS = ["main.ts", "deno.json", "lib", "agents", "templates", "docs", "README.md", "SECURITY.md", "LICENSE"];
/** Packages that only tests need. */
const FOR_TESTS = new Set(["axe-core", "fast-check", "playwright-core"]);

/** Writes the package into a folder, which must not be there or be empty. */
export async function packNpm(to: string): Promise<void> {
  const config = JSON.parse(await Deno.readTextFile(join(PROJECT, "deno.json")));
  for (const part of PARTS) await copy(join(PROJECT, part), join(to, part));
  await copy(join(PROJECT, "release/npm_launcher.js"), join(to, "bin/kube-log-watcher.js"));
  await Deno.chmod(join(to, "bin/kube-log-watcher.js"), 0o755);
  const isRunFlag = (flag: string) => flag.startsWith("--allow-run");
  const manifest = {
    name: config.name,
    version: config.version,
    description: "Keeps the configuration of log shippers true to the containers of a Kubernetes node",
    license: config.license,
    keywords: ["kubernetes", "logging", "daemonset", "log-shipper"],
    type: "module",
    bin: { "kube-log-watcher": "bin/kube-log-watcher.js" },
    engines: { node: ">=18" },
    files: [...PARTS, "bin"],
    // The Deno that is found at run time is added to these.
    denoFlags: [...MEMORY_FLAGS, ...permissionFlags("deno").filter((flag) => !isRunFlag(flag))],
    dependencies: { deno: DENO_VERSION, ...dependenciesOf(config.imports) },
  };
  await Deno.writeTextFile(join(to, "package.json"), JSON.stringify(manifest, null, 2) + "\n");
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
