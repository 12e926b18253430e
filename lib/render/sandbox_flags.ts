/**
 * The command line of an agent's child process: everything is refused but reading one folder. The list is the sandbox; SECURITY rests on it.
 *
 * @module
 */
import { fileURLToPath } from "node:url";

/** Options of {@linkcode sandboxArguments}. */
export interface SandboxFlagOptions {
  /** Folder that may be read, absolute, free of links: a private copy of the agent's folder. */
  readonly folder: string;
  /** File URL of Eta's core module. */
  readonly etaUrl: string;
  /** Resident memory of the process at which it ends itself, in bytes. */
  readonly maxMemoryBytes: number;
  /** Process id of the host: the child ends itself when that is no longer its parent. */
  readonly hostPid: number;
}

/** Folder of the code that runs in the child. */
const RUNTIME = new URL("./runtime/", import.meta.url);

/** Gives the arguments of `deno` for a child. */
export function sandboxArguments(options: SandboxFlagOptions): string[] {
  const importMap = JSON.stringify({ imports: { "eta/core": options.etaUrl } });
  const readable = [options.folder, fileURLToPath(RUNTIME), fileURLToPath(options.etaUrl)];
  return [
    "run",
    "--quiet",
    // Never ask: there is no one to answer.
    "--no-prompt",
    // No configuration, lock file or package folder of a place where the program happens to lie.
    "--no-config",
    "--no-lock",
    "--node-modules-dir=none",
    // No code from elsewhere: neither fetched, nor found in a cache.
    "--cached-only",
    "--no-remote",
    "--no-npm",
    "--no-code-cache",
    `--import-map=data:application/json,${encodeURIComponent(importMap)}`,
    "--deny-net",
    "--deny-env",
    "--deny-run",
    "--deny-write",
    "--deny-ffi",
    "--deny-sys",
    "--deny-import",
    // The one thing that is given: a link in it would be read through, so the copy has none. The runtime's own files are for the supervisor,
    // which takes them away from the thread of the agent; they are no secret. That taking away needs the unstable option; it cannot add.
    `--allow-read=${readable.map((path) => path.replaceAll(",", ",,")).join(",")}`,
    "--unstable-worker-options",
    // Little garbage is kept: three agents' processes together took 200 MB on a busy node.
    `--v8-flags=--memory-saver-mode,--max-old-space-size=${Math.floor(options.maxMemoryBytes / 2 ** 20)}`,
    new URL("main.ts", RUNTIME).href,
    options.folder,
    String(options.maxMemoryBytes),
    String(options.hostPid),
  ];
}

/**
 * The child's whole environment. DENO_DIR is a path that cannot exist: Deno's localStorage and caches need no permission and are shared between children with the
 * same main module, so that one agent could leave another's secret there; here they fail.
 */
export const SANDBOX_ENVIRONMENT: Readonly<Record<string, string>> = {
  DENO_DIR: "/dev/null/none",
  // Without this, every start tries for 150 ms to keep transpiled code there.
  DENO_EMIT_CACHE_MODE: "disable",
  DENO_CACHE_DB_MODE: "disable",
  // No package.json of a folder above.
  DENO_NO_PACKAGE_JSON: "1",
  DENO_NO_UPDATE_CHECK: "1",
  NO_COLOR: "1",
};
