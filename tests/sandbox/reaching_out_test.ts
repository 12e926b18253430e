import { testAttempts } from "./arena.ts";

const got = (code: string) => `return { got: String(${code}) };`;
const awaited = (code: string) => `const got = await (${code});`;
const NET = /Requires net access to ".+", which the sandbox does not give/;
const IMPORT = /Requires import access to "127\.0\.0\.1:8080"|not found in cache|--no-remote/;
const WRITE = /Requires write access to "OUTSIDE\/[a-z.]+", which the sandbox does not give/;
const emitted = (code: string) => `await new Promise((resolve, reject) => { ${code} });`;

// Network
testAttempts([
  { cannot: "fetch", top: awaited(`fetch("http://127.0.0.1:8080/")`), says: NET },
  { cannot: "connect by TCP", top: awaited(`Deno.connect({ hostname: "127.0.0.1", port: 8080 })`), says: NET },
  { cannot: "connect by TLS", top: awaited(`Deno.connectTls({ hostname: "127.0.0.1", port: 8080 })`), says: NET },
  { cannot: "listen", context: got(`Deno.listen({ port: 0 })`), says: NET },
  { cannot: "serve HTTP", context: got(`Deno.serve({ port: 0 }, () => new Response())`), says: NET },
  {
    cannot: "open a web socket",
    context: got(`new WebSocket("ws://127.0.0.1:8080")`),
    says: NET,
  },
  { cannot: "ask a name server", top: awaited(`Deno.resolveDns("example.com", "A")`), says: NET },
  {
    cannot: "look a name up by node:dns",
    top: `import { lookup } from "node:dns/promises"; await lookup("example.com");`,
    says: /getaddrinfo EPERM|Requires net access/,
  },
  {
    cannot: "connect by node:net",
    top: `import net from "node:net"; ` +
      emitted(`net.connect(8080, "127.0.0.1").on("error", reject).on("connect", resolve)`),
    says: NET,
  },
  {
    cannot: "send datagrams by node:dgram",
    top: `import dgram from "node:dgram"; ` +
      emitted(`dgram.createSocket("udp4").on("error", reject).bind(0, "127.0.0.1", resolve)`),
    says: /Requires net access|ended its process/,
  },
  {
    cannot: "ask by node:http",
    top: `import http from "node:http"; ` + emitted(`http.get("http://127.0.0.1:8080/", resolve).on("error", reject)`),
    says: NET,
  },
  {
    cannot: "connect to a Unix socket",
    top: awaited(`Deno.connect({ transport: "unix", path: "OUTSIDE/socket" })`),
    says: /Requires (read|write|net) access to ".*OUTSIDE\/socket"/,
  },
  {
    cannot: "listen on a Unix socket",
    context: got(`Deno.listen({ transport: "unix", path: "OUTSIDE/socket" })`),
    says: /Requires (read|write|net) access to ".*OUTSIDE\/socket"/,
  },
  {
    cannot: "reach a container runtime's socket by node:http",
    top: `import http from "node:http"; ` +
      emitted(`http.get({ socketPath: "OUTSIDE/docker.sock", path: "/" }, resolve).on("error", reject)`),
    says: /Requires (read|write|net) access to ".*OUTSIDE\/docker\.sock"/,
  },
  {
    cannot: "open the inspector",
    top: `import inspector from "node:inspector"; inspector.open(0, "127.0.0.1");`,
    says: /Requires sys access to "inspector"/,
  },
  {
    cannot: "import remote code at run time",
    top: awaited(`import("http://127.0.0.1:8080/" + "code.ts")`),
    says: IMPORT,
  },
  { cannot: "import remote code statically", top: `import "http://127.0.0.1:8080/code.ts";`, says: IMPORT },
  {
    cannot: "import a package of npm",
    top: awaited(`import("npm:" + "left-pad")`),
    says: /npm specifiers were requested; but --no-npm is specified/,
  },
  {
    cannot: "import a package of npm statically",
    top: `import "npm:left-pad@1";`,
    says: /npm specifiers were requested; but --no-npm is specified/,
  },
  { cannot: "import a package of JSR", top: awaited(`import("jsr:" + "@std/path")`), says: /jsr\.io/ },
  {
    cannot: "import the program's own packages",
    top: awaited(`import("ya" + "ml")`),
    says: /Import "yaml" not a dependency/,
  },
]);

// Writing
testAttempts([
  {
    cannot: "write by Deno.writeTextFileSync",
    context: got(`Deno.writeTextFileSync("OUTSIDE/made", "x")`),
    says: WRITE,
  },
  {
    cannot: "write into its own folder",
    context: got(`Deno.writeTextFileSync("context.ts", "x")`),
    says: /Requires write access to "context\.ts"|Requires write access/,
  },
  { cannot: "append to a file", context: got(`Deno.openSync("OUTSIDE/secret.txt", { append: true })`), says: WRITE },
  { cannot: "remove a file", context: got(`Deno.removeSync("OUTSIDE/secret.txt")`), says: WRITE },
  {
    cannot: "rename a file",
    context: got(`Deno.renameSync("OUTSIDE/secret.txt", "OUTSIDE/made")`),
    says: /Requires (read|write) access to "OUTSIDE/,
  },
  { cannot: "make a folder", context: got(`Deno.mkdirSync("OUTSIDE/made")`), says: WRITE },
  { cannot: "make a temporary file", context: got(`Deno.makeTempFileSync()`), says: /Requires write access to/ },
  { cannot: "change a file's mode", context: got(`Deno.chmodSync("OUTSIDE/secret.txt", 0o777)`), says: WRITE },
  {
    cannot: "make a link",
    context: got(`Deno.symlinkSync("OUTSIDE/secret.txt", "link")`),
    says: /Deno\.symlinkSync\(\) requires|Requires (read|write) access/,
  },
  {
    cannot: "make a hard link",
    context: got(`Deno.linkSync("OUTSIDE/secret.txt", "link")`),
    says: /Requires (read|write) access to "OUTSIDE/,
  },
  {
    cannot: "write by node:fs",
    top: `import fs from "node:fs";`,
    context: got(`fs.writeFileSync("OUTSIDE/made", "x")`),
    says: WRITE,
  },
  {
    cannot: "copy by node:fs",
    top: `import fs from "node:fs";`,
    context: got(`fs.cpSync("context.ts", "OUTSIDE/made")`),
    says: /Requires (read|write) access to "OUTSIDE/,
  },
  {
    cannot: "write a database",
    top: `import { DatabaseSync } from "node:sqlite";`,
    context: got(`new DatabaseSync("OUTSIDE/made.db")`),
    says: /Requires (read|write) access to "OUTSIDE\/made\.db"/,
  },
  {
    cannot: "write by attaching a database",
    top:
      `import { DatabaseSync } from "node:sqlite"; new DatabaseSync(":memory:").exec("ATTACH 'OUTSIDE/made.db' AS made; CREATE TABLE made.t (a)");`,
    says: /too many attached databases/,
  },
  {
    cannot: "write by a database's VACUUM INTO",
    top:
      `import { DatabaseSync } from "node:sqlite"; new DatabaseSync(":memory:").exec("CREATE TABLE t (a); VACUUM INTO 'OUTSIDE/made.db'");`,
    says: /too many attached databases/,
  },
  {
    cannot: "write a heap snapshot",
    top: `import v8 from "node:v8"; v8.writeHeapSnapshot("OUTSIDE/made");`,
    says: WRITE,
  },
  {
    cannot: "write by WASI",
    top: `import { WASI } from "node:wasi"; new WASI({ version: "preview1", preopens: { "/": "OUTSIDE" } });`,
    says: /Requires (read|write) access|failed to open preopen/,
  },
  {
    cannot: "keep anything in localStorage",
    context: got(`(localStorage.setItem("a", "b"), localStorage.getItem("a"))`),
    says: /localStorage is not defined/,
  },
  {
    cannot: "keep anything in a cache",
    top: awaited(`caches.open("made")`),
    says: /Failed to create cache storage directory/,
  },
  { cannot: "keep anything in a key-value store", top: awaited(`Deno.openKv("OUTSIDE/made")`), says: /Deno\.openKv/ },
]);
