/**
 * How the supervisor of an agent's child process says why it ended the process.
 *
 * @module
 */

/** The process used more memory than it may. */
export const MEMORY_EXCEEDED = 86;

/** The host is no more: there is no one to answer to. */
export const HOST_GONE = 87;
