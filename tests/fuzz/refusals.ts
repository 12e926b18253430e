/**
 * Which targets an agent's renderer may refuse, and how.
 *
 * @module
 */
import assert from "node:assert/strict";
import { normalize } from "node:path";
import type { LogTarget } from "../../lib/join/log_target.ts";
import type { Rendering } from "../../lib/render/rendered.ts";
import { LOG_ROOTS } from "./scene.ts";

/** Longest id that is sure to fit into a part of a path with what agents put around it, and longest that fits at all, in bytes. */
const SURE_ID = 200;
const LONGEST_ID = 255;
/** Size of a target below which no agent may say that it is too large, in characters of JSON. */
const SURE_SIZE = 8 * 1024;

/** Reasons for one target that are documented, whatever the agent. */
const DOCUMENTED = [
  /would lead out of the output's folder, be hidden, or has control characters/,
  /has no value for \{id\}/,
  /has a value for \{id\} that is no text/,
  /is longer than \d+ bytes/,
  /Live log ".*" is outside of the folders of container logs/,
  /makes \d+ bytes of output, at most \d+ are taken/,
  /Cannot write .* as text/,
];

/** Tells whether a target was refused. */
export function isRefused({ refused }: Rendering, { id }: LogTarget): boolean {
  return refused.some(({ targetId }) => targetId === id);
}

/** What {@linkcode assertRefusals} goes by. */
export interface RefusalScene {
  readonly targets: readonly LogTarget[];
  readonly refusesAll: boolean;
  readonly agent: string;
  /** Whether the agent writes files for the node alone: then no id is part of a path, and none needs to be refused. */
  readonly isNodeOnly: boolean;
}

/** Throws if a target was refused without need, or not refused, or without a clear sentence; or if a warning is none. */
export function assertRefusals(
  { refused, warnings, unexpressed }: Rendering,
  { targets, refusesAll, agent, isNodeOnly }: RefusalScene,
) {
  const reasons = new Map(refused.map(({ targetId, reason }) => [targetId, reason]));
  for (const target of targets) {
    const reason = reasons.get(target.id);
    if (mustRefuse(target) && !isNodeOnly) {
      assert.ok(reason !== undefined, `Id ${target.id} or log ${target.log.path} is not refused`);
    }
    if (reason === undefined) continue;
    assertLine(reason);
    assert.ok(reason.startsWith(`Agent ${agent} cannot render `), reason);
    if (refusesAll) continue;
    assert.ok(mustRefuse(target) || mayRefuse(target), `Refused without need: ${reason}`);
    assert.ok(DOCUMENTED.some((one) => one.test(reason)), `Not a documented reason: ${reason}`);
  }
  for (const { targetId, subject, expected } of warnings) {
    assert.ok(targets.some(({ id }) => id === targetId));
    assertLine(subject);
    assertLine(expected);
  }
  for (const { targetId, reason } of unexpressed) {
    assert.ok(targets.some(({ id }) => id === targetId));
    assertLine(reason);
  }
}

function mustRefuse({ id, log }: LogTarget): boolean {
  // deno-lint-ignore no-control-regex
  const isNoPart = id === "" || /[/\u0000-\u001f\u007f]/.test(id) || !id.isWellFormed();
  const isOutside = normalize(log.path) !== log.path || !LOG_ROOTS.some((root) => log.path.startsWith(`${root}/`));
  return isNoPart || isOutside || bytesOf(id) > LONGEST_ID;
}

function mayRefuse(target: LogTarget): boolean {
  // A hidden file, where the part starts with the id.
  if (target.id.startsWith(".")) return true;
  return bytesOf(target.id) > SURE_ID || JSON.stringify(target).length > SURE_SIZE;
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** Throws unless a text is one line that a terminal can show, and no longer than someone reads. */
export function assertLine(text: string) {
  assert.match(
    text,
    /^[^\p{Cc}\p{Cs}\u2028-\u202e\u2066-\u2069]{1,4000}$/u,
    `No line of text: ${JSON.stringify(text)}`,
  );
}
