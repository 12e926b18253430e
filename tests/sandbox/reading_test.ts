import { fileURLToPath } from "node:url";
import { testAttempts } from "./arena.ts";

const REFUSED =
  /Requires read access to "OUTSIDE\/(secret\.txt|secret\.json|module\.ts)", which the sandbox does not give/;
const RUNTIME = fileURLToPath(new URL("../../lib/render/runtime/main.ts", import.meta.url));
const got = (code: string) => `return { got: String(${code}) };`;
const awaited = (code: string) => `const got = await (${code});`;

testAttempts([
  {
    cannot: "read by Deno.readTextFileSync",
    context: got(`Deno.readTextFileSync("OUTSIDE/secret.txt")`),
    says: REFUSED,
  },
  { cannot: "read by Deno.readFile", top: awaited(`Deno.readFile("OUTSIDE/secret.txt")`), says: REFUSED },
  { cannot: "read by Deno.openSync", context: got(`Deno.openSync("OUTSIDE/secret.txt")`), says: REFUSED },
  {
    cannot: "read through .. from its folder",
    context: got(`Deno.readTextFileSync(Deno.cwd() + "/../../../outside/secret.txt")`),
    says: REFUSED,
  },
  {
    cannot: "learn of files by Deno.statSync",
    context: got(`Deno.statSync("OUTSIDE/secret.txt").size`),
    says: REFUSED,
  },
  {
    cannot: "list a folder by Deno.readDirSync",
    context: got(`[...Deno.readDirSync("OUTSIDE")].map((e) => e.name)`),
    says: /Requires read access to "OUTSIDE", which the sandbox does not give/,
  },
  {
    cannot: "watch a folder by Deno.watchFs",
    context: got(`Deno.watchFs("OUTSIDE")`),
    says: /Requires read access to "OUTSIDE"/,
  },
  {
    cannot: "read by fetch of a file URL",
    top: awaited(`(await fetch("file://OUTSIDE/secret.txt")).text()`),
    says: REFUSED,
  },
  {
    cannot: "read by node:fs",
    top: `import { readFileSync } from "node:fs";`,
    context: got(`readFileSync("OUTSIDE/secret.txt", "utf8")`),
    says: REFUSED,
  },
  {
    cannot: "read by node:fs/promises",
    top: `import { readFile } from "node:fs/promises"; await readFile("OUTSIDE/secret.txt");`,
    says: REFUSED,
  },
  {
    cannot: "read by a built-in module asked for at run time",
    context: got(`process.getBuiltinModule("node:fs").readFileSync("OUTSIDE/secret.txt")`),
    says: REFUSED,
  },
  {
    cannot: "read by node:fs openAsBlob",
    top: `import { openAsBlob } from "node:fs"; const got = await (await openAsBlob("OUTSIDE/secret.txt")).text();`,
    says: REFUSED,
  },
  {
    cannot: "read by require",
    top:
      `import { createRequire } from "node:module"; const got = createRequire(import.meta.url)("OUTSIDE/secret.json");`,
    says: REFUSED,
  },
  {
    cannot: "read by a static import of TypeScript",
    top: `import { secret } from "file://OUTSIDE/module.ts"; secret;`,
    says: REFUSED,
  },
  {
    cannot: "read by a static import of JSON",
    top: `import data from "file://OUTSIDE/secret.json" with { type: "json" }; data;`,
    says: REFUSED,
  },
  {
    cannot: "read by a static import of text",
    top: `import data from "file://OUTSIDE/secret.txt" with { type: "text" }; data;`,
    says: REFUSED,
  },
  {
    cannot: "read by a static import of bytes",
    top: `import data from "file://OUTSIDE/secret.txt" with { type: "bytes" }; data;`,
    says: /Requires read access to "OUTSIDE\/secret\.txt"|bytes/,
  },
  {
    cannot: "read by a static import through ..",
    top: `import { secret } from "../../../outside/module.ts"; secret;`,
    says: REFUSED,
  },
  {
    cannot: "read by a dynamic import of TypeScript",
    top: awaited(`import("file://OUTSIDE/module.ts")`),
    says: REFUSED,
  },
  {
    cannot: "read by a dynamic import of JSON",
    top: awaited(`import("file://OUTSIDE/secret.json", { with: { type: "json" } })`),
    says: REFUSED,
  },
  {
    cannot: "read by a dynamic import of text with a computed name",
    top: `const where = "file://" + "OUTSIDE" + "/secret.txt"; ` + awaited(`import(where, { with: { type: "text" } })`),
    says: REFUSED,
  },
  {
    cannot: "read by a dynamic import of bytes",
    top: awaited(`import("file://OUTSIDE/secret.txt", { with: { type: "bytes" } })`),
    says: /Requires read access to "OUTSIDE\/secret\.txt"|bytes/,
  },
  {
    cannot: "read by the import of a thread of its own",
    top: `const got = await new Promise((resolve, reject) => {
      const code = 'import text from "file://OUTSIDE/secret.txt" with { type: "text" }; postMessage(text)';
      const thread = new Worker("data:text/javascript," + encodeURIComponent(code), { type: "module" });
      thread.onmessage = ({ data }) => resolve(data);
      thread.onerror = (event) => { event.preventDefault(); reject(new Error(event.message)); };
    });`,
    says: REFUSED,
  },
  {
    cannot: "read by a thread of node:worker_threads",
    top: `import { Worker as Thread } from "node:worker_threads";
    const got = await new Promise((resolve, reject) => {
      const thread = new Thread("require('node:worker_threads').parentPort.postMessage(require('node:fs').readFileSync('OUTSIDE/secret.txt'))", { eval: true });
      thread.on("message", resolve).on("error", reject);
    });`,
    says: REFUSED,
  },
  {
    cannot: "read /etc/passwd",
    context: got(`Deno.readTextFileSync("/etc/passwd")`),
    says: /Requires read access to "\/etc\/passwd", which/,
  },
  {
    cannot: "read its environment from /proc",
    context: got(`Deno.readTextFileSync("/proc/self/environ")`),
    says: /Requires (read|all) access to "?\/proc\/self\/environ"?, which/,
  },
  {
    cannot: "read the host's memory map from /proc",
    context: got(`Deno.readTextFileSync("/proc/" + Deno.ppid + "/maps")`),
    says: /Requires (read|all) access to "?\/proc\/\d+\/maps/,
  },
  {
    cannot: "read through the folder of open files in /proc",
    context: got(`Deno.readTextFileSync("/proc/self/fd/0")`),
    says: /Requires (read|all) access to "?\/proc\/self\/fd\/0/,
  },
  {
    cannot: "read through the root of a process in /proc",
    context: got(`Deno.readTextFileSync("/proc/self/root/OUTSIDE/secret.txt")`),
    says: /Requires (read|all) access to "?\/proc\/self\/root/,
  },
  {
    cannot: "read a file by opening it as a database",
    top: `import { DatabaseSync } from "node:sqlite";`,
    context: got(`new DatabaseSync("OUTSIDE/secret.txt", { readOnly: true })`),
    says: REFUSED,
  },
  {
    cannot: "read its own runtime's files",
    context: got(`Deno.readTextFileSync(${JSON.stringify(RUNTIME)})`),
    says: /Requires read access to ".*\/lib\/render\/runtime\/main\.ts", which/,
  },
  {
    cannot: "read the copy of the agent beside it",
    context: got(`Deno.readTextFileSync(Deno.cwd() + "/../1-neighbour/context.ts")`),
    says: /Requires read access to ".*1-neighbour\/context\.ts", which/,
  },
  {
    cannot: "include a template outside of its folder",
    template: `<%~ include("../1-neighbour/file") %>`,
    says: /Template \.\.\/1-neighbour\/file\.eta is not in the folder, which has file\.eta/,
  },
  {
    cannot: "see the environment by Deno.env",
    context: got(`JSON.stringify(Deno.env.toObject())`),
    says: /Requires env access, which/,
  },
  {
    cannot: "see the environment by process.env",
    context: got(`JSON.stringify(Object.entries(process.env))`),
    says: /Requires env access/,
  },
  {
    cannot: "see one variable of the environment",
    context: got(`Deno.env.get("PATH")`),
    says: /Requires env access to "PATH", which/,
  },
  { cannot: "see the host's name", context: got(`Deno.hostname()`), says: /Requires sys access to "hostname", which/ },
  {
    cannot: "see network addresses",
    context: got(`JSON.stringify(Deno.networkInterfaces())`),
    says: /Requires sys access to "networkInterfaces"/,
  },
]);
