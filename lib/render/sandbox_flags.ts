/**
 * The command line of an agent's child process: everything is refused but reading one folder. The list is the sandbox; SECURITY rests on it.
 *
 * @module
 */

/** Options of {@linkcode sandboxArguments}. */
export interface SandboxFlagOptions {
  /** Folder that may be read, absolute, free of links: a private copy of the agent's folder. */
  readonly folder: string;
  /** File URL of Eta's core module. */
  readonly etaUrl: string;
  /** Resident memory of the process at which it is ended, in bytes. */
  readonly maxMemoryBytes: number;
  /** Limit of V8's old space, in MiB. */
  readonly maxHeapMiB: number;
}

/** Main module of the child. */
const RUNTIME = new URL("./runtime/main.ts", import.meta.url).href;

/** Gives the arguments of `deno` for a child. */
export function sandboxArguments(options: SandboxFlagOptions): string[] {
  const importMap = JSON.stringify({ imports: { "eta/core": options.etaUrl } });
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
    // The one thing that is given. A link in it would be read through, so the copy has none.
    `--allow-read=${options.folder.replaceAll(",", ",,")}`,
    `--v8-flags=--max-old-space-size=${options.maxHeapMiB}`,
    RUNTIME,
    options.folder,
    String(options.maxMemoryBytes),
  ];
}

/**
 * The child's whole environment. DENO_DIR is a path that cannot exist: Deno's localStorage and caches need no permission and are shared between children with the
 * same main module, so that one agent could leave another's secret there; here they fail.
 */
export const SANDBOX_ENVIRONMENT: Readonly<Record<string, string>> = {
  DENO_DIR: "/dev/null/none",
  DENO_NO_UPDATE_CHECK: "1",
  NO_COLOR: "1",
};
