import assert from "node:assert/strict";
import { dirname, relative } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** Folders that a folder's files may import from besides their own; the data flows from left to right. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  "main.ts": ["lib/cli"],
  "lib/cli": [
    "lib/apply",
    "lib/config",
    "lib/demo",
    "lib/discover",
    "lib/events",
    "lib/hints",
    "lib/inspect",
    "lib/join",
    "lib/manifest",
    "lib/observe",
    "lib/page",
    "lib/pods",
    "lib/reconcile",
    "lib/render",
    "lib/sample",
    "lib/write",
  ],
  "lib/reconcile": [
    "lib/apply",
    "lib/discover",
    "lib/hints",
    "lib/join",
    "lib/observe",
    "lib/pods",
    "lib/render",
    "lib/write",
  ],
  "lib/demo": ["lib/observe", "lib/reconcile", "lib/sample"],
  "lib/events": ["lib/hints", "lib/join", "lib/observe", "lib/pods", "lib/render"],
  "lib/inspect": ["lib/discover", "lib/join", "lib/render"],
  "lib/manifest": [],
  "lib/page": ["lib/inspect"],
  "lib/sample": ["lib/join"],
  "lib/config": ["lib/hints", "lib/join", "lib/observe", "lib/render"],
  "lib/apply": ["lib/join", "lib/observe", "lib/render", "lib/write"],
  "lib/write": ["lib/observe", "lib/render"],
  "lib/render": ["lib/join", "lib/observe"],
  "lib/join": ["lib/discover", "lib/hints", "lib/pods"],
  "lib/hints": ["lib/observe"],
  "lib/pods": ["lib/observe"],
  "lib/discover": ["lib/observe"],
  "lib/observe": [],
  "agents": ["lib/render"],
};

interface Module {
  readonly specifier: string;
  readonly dependencies?: readonly {
    readonly code?: { readonly specifier?: string };
    readonly type?: { readonly specifier?: string };
    readonly isDynamic?: boolean;
  }[];
}

/** Reads which file imports which, types included. */
async function importGraph(): Promise<Map<string, string[]>> {
  const graph = new Map<string, string[]>();
  const agents = [...Deno.readDirSync(`${ROOT}/agents`)].map(({ name }) => `agents/${name}/context.ts`);
  const own = ["run_program", "send_signal"].map((name) => `lib/apply/runtime/${name}.ts`);
  for (const entry of ["main.ts", "lib/render/runtime/main.ts", ...own, ...agents]) {
    const { stdout, success } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json", entry], cwd: ROOT })
      .output();
    assert.ok(success, `deno info ${entry}`);
    const { modules } = JSON.parse(new TextDecoder().decode(stdout)) as { modules: Module[] };
    for (const { specifier, dependencies = [] } of modules) {
      if (!isOurs(specifier)) continue;
      const imports = dependencies.flatMap(({ code, type }) => [code?.specifier, type?.specifier]);
      graph.set(nameOf(specifier), [
        ...new Set(imports.filter((one): one is string => one !== undefined && isOurs(one)).map(nameOf)),
      ]);
    }
  }
  return graph;
}

function isOurs(specifier: string): boolean {
  return specifier.startsWith(`file://${ROOT}/`) && !specifier.includes("/node_modules/");
}

function nameOf(specifier: string): string {
  return relative(ROOT, fileURLToPath(specifier));
}

function folderOf(file: string): string {
  const [top, second] = file.split("/");
  return top === "lib" ? `lib/${second}` : top!;
}

Deno.test("imports go one way, from main through the command line and the spine to the stages", async () => {
  const wrong: string[] = [];
  for (const [file, imports] of await importGraph()) {
    const folder = folderOf(file);
    for (const one of imports) {
      if (folderOf(one) !== folder && !MAY_IMPORT[folder]?.includes(folderOf(one))) {
        wrong.push(`${file} imports ${one}`);
      }
    }
  }
  assert.deepEqual(wrong, []);
});

Deno.test("no file imports itself through others", async () => {
  const graph = await importGraph();
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]) => {
    assert.ok(!path.includes(file), `Import cycle: ${[...path.slice(path.indexOf(file)), file].join(" -> ")}`);
    if (done.has(file)) return;
    for (const next of graph.get(file) ?? []) visit(next, [...path, file]);
    done.add(file);
  };
  for (const file of graph.keys()) visit(file, []);
});

Deno.test("agents import nothing of the program but types of the agent contract", async () => {
  for (const [file, imports] of await importGraph()) {
    if (!file.startsWith("agents/")) continue;
    const outside = imports.filter((one) => !one.startsWith(`${dirname(file)}/`));
    assert.deepEqual(outside.filter((one) => one !== "lib/render/agent.ts"), [], file);
    for (const line of Deno.readTextFileSync(`${ROOT}/${file}`).matchAll(/^import .*lib\/render\/agent\.ts.*$/gm)) {
      assert.match(line[0], /^import type /, file);
    }
  }
});

Deno.test("arguments, environment, standard output and exit codes are known to the command line only", async () => {
  const allowed = /^(main\.ts|lib\/cli\/|lib\/(render|apply)\/runtime\/|lib\/observe\/log\.ts)/;
  for (const file of (await importGraph()).keys()) {
    if (allowed.test(file)) continue;
    const text = Deno.readTextFileSync(`${ROOT}/${file}`).replaceAll(/^\s*(\/\/|\*).*$/gm, "");
    assert.doesNotMatch(text, /Deno\.(args|env|exit|stdout|stderr)\b|console\.\w+\(/, file);
  }
});

Deno.test("metrics, events, reports and kubeconfig files are loaded only where they are asked for: an idle watcher has no memory for them", async () => {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json", "main.ts"], cwd: ROOT })
    .output();
  const { modules } = JSON.parse(new TextDecoder().decode(stdout)) as { modules: Module[] };
  const byName = new Map(modules.map((module) => [module.specifier, module]));
  const loaded = new Set<string>();
  const visit = (specifier: string) => {
    if (loaded.has(specifier)) return;
    loaded.add(specifier);
    for (const { code, isDynamic = false } of byName.get(specifier)?.dependencies ?? []) {
      if (code?.specifier !== undefined && !isDynamic) visit(code.specifier);
    }
  };
  // What `watch` loads at its start.
  visit(`file://${ROOT}/lib/cli/compose_watch.ts`);
  const found = [...loaded].filter(isOurs).map(nameOf);
  assert.ok(found.includes("lib/reconcile/controller.ts"));
  const late =
    /^lib\/(events\/|cli\/(open_events|watch_metrics|report_socket)|observe\/metrics_endpoint|pods\/kubeconfig\.ts)/;
  assert.deepEqual(found.filter((name) => late.test(name)), []);
});
