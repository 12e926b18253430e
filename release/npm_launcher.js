#!/usr/bin/env node
// Starts kube-log-watcher with the Deno that npm installed beside it, under the permissions that it needs and no others.
//
// Deno runs no TypeScript below node_modules, so the program's files are copied, once per version, to the user's cache.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const PACKAGE = dirname(dirname(fileURLToPath(import.meta.url)));
const require = createRequire(import.meta.url);
const { version, files, denoFlags } = JSON.parse(readFileSync(join(PACKAGE, "package.json"), "utf8"));

/** Finds Deno, which its package unpacks at the first start where install scripts are not run. */
function denoPath() {
  const folder = dirname(require.resolve("deno/package.json"));
  const path = join(folder, process.platform === "win32" ? "deno.exe" : "deno");
  return existsSync(path) ? path : require(join(folder, "install_api.cjs")).runInstall();
}

/** Folder of caches: the user's, or one that is there for everybody. */
function cacheFolder() {
  const own = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
  try {
    mkdirSync(join(own, "kube-log-watcher"), { recursive: true, mode: 0o700 });
    return join(own, "kube-log-watcher");
  } catch {
    return mkdtempSync(join(tmpdir(), "kube-log-watcher-"));
  }
}

/** Copies the program, once per version and place of installation. */
function programFolder() {
  const cache = cacheFolder();
  const place = createHash("sha256").update(PACKAGE).digest("hex").slice(0, 12);
  const folder = join(cache, `${version}-${place}`);
  if (existsSync(join(folder, "main.ts"))) return folder;
  const draft = mkdtempSync(join(cache, ".draft-"));
  for (const name of files) {
    if (existsSync(join(PACKAGE, name))) cpSync(join(PACKAGE, name), join(draft, name), { recursive: true });
  }
  cpSync(join(PACKAGE, "package.json"), join(draft, "package.json"));
  // Packages are found where npm put them: beside this one, or within it.
  const inside = join(PACKAGE, "node_modules");
  symlinkSync(existsSync(join(inside, "commander")) ? inside : dirname(PACKAGE), join(draft, "node_modules"));
  try {
    renameSync(draft, folder);
  } catch {
    // Another start was faster.
    rmSync(draft, { recursive: true, force: true });
  }
  return folder;
}

/** Tells npx that started this program from an npx further up, whose variables what it runs hands on. */
function isRunByNpx({ npm_lifecycle_event: event, npm_lifecycle_script: script }) {
  return event === "npx" && /\bkube-log-watcher\b/.test(script ?? "");
}

const deno = denoPath();
const args = ["run", "--quiet", "--no-check", "--cached-only", "--node-modules-dir=manual", ...denoFlags];
const child = spawn(
  deno,
  [...args, `--allow-run=${deno}`, join(programFolder(), "main.ts"), ...process.argv.slice(2)],
  {
    stdio: "inherit",
    env: {
      KUBE_LOG_WATCHER_STARTED_AS: isRunByNpx(process.env) ? "npx kube-log-watcher" : "kube-log-watcher",
      ...process.env,
      DENO_NO_UPDATE_CHECK: "1",
    },
  },
);
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("error", (error) => {
  console.error(`error: Cannot start Deno, ${deno}: ${error.message}; install kube-log-watcher again`);
  process.exit(1);
});
child.on("exit", (code, signal) => signal ? process.kill(process.pid, signal) : process.exit(code ?? 1));
