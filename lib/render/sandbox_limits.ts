/**
 * What an agent's child process may use.
 *
 * @module
 */
import type { Request } from "./protocol.ts";
import { TARGET_BYTES } from "./runtime/target_size.ts";

/** Limits of one child process. */
export interface SandboxLimits {
  /** Time for the start of the process and for loading the agent's folder, in milliseconds. */
  readonly loadMs: number;
  /** Time for one rendering that is about no target, in milliseconds. */
  readonly requestMs: number;
  /** Further time for each target that the child knows, in milliseconds. */
  readonly targetMs: number;
  /** Resident memory of the child in bytes. */
  readonly memoryBytes: number;
  /** Size of one answer in bytes, however many targets it is about. */
  readonly answerBytes: number;
  /** Bytes on stderr that are kept for a message; the child is ended at ten times as much in one request. */
  readonly stderrBytes: number;
  /** Time without requests after which the child is let go, in milliseconds; Infinity for never. */
  readonly idleMs: number;
}

/** Limits that fit 10,000 containers. */
export const DEFAULT_LIMITS: SandboxLimits = {
  loadMs: 10_000,
  requestMs: 3_000,
  targetMs: 2,
  memoryBytes: 512 * 1024 * 1024,
  answerBytes: 128 * 1024 * 1024,
  stderrBytes: 4096,
  idleMs: 5_000,
};

/** Bytes of an answer that is about no target; further ones for the name of each target, its warnings and what is around its values. */
const BASE_ANSWER_BYTES = 1024 * 1024;
const FRAME_BYTES = 16 * 1024;

/**
 * Tells how long an answer may be: parsed, it takes many times its size of the host's memory, so an agent of few targets gets little.
 *
 * @param targets Number of targets that the child knows.
 */
export function answerLimit(limits: SandboxLimits, targets: number): number {
  return Math.min(limits.answerBytes, BASE_ANSWER_BYTES + targets * (TARGET_BYTES + FRAME_BYTES));
}

/**
 * Tells how long a request may take, in milliseconds. Rendering takes about 0.1 ms for a target, so that a twentieth of a processor is enough.
 *
 * @param targets Number of targets that the child knows.
 */
export function timeLimit(
  limits: SandboxLimits,
  { type, targets }: { type: Request["type"]; targets: number },
): number {
  return type === "render" ? limits.requestMs + targets * limits.targetMs : limits.loadMs;
}
