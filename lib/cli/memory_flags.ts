/**
 * How the program is started so that it keeps little memory; task and Dockerfile are tested against it.
 *
 * @module
 */

/**
 * Flags of `deno run` besides the permissions.
 *
 * V8 lets garbage lie as long as there is memory on the machine, which is the whole node's: with 250 containers and 25 changes a second the
 * program took 150 MB, and 87 MB with this flag, in the same time on the processor (Deno 2.9.6). It works from the start only, so that it
 * cannot be set from within.
 */
export const MEMORY_FLAGS: readonly string[] = ["--v8-flags=--memory-saver-mode"];
