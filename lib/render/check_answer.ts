/**
 * Turns a child's answer to `render` into values whose shape can be relied on. Nothing in it is believed beyond its shape.
 *
 * @module
 */
import type { NodeAnswer, TargetAnswer } from "./protocol.ts";
import { isPlain } from "./plain.ts";
import { printable } from "./printable.ts";
import { MAX_WARNING_TEXT, MAX_WARNINGS } from "./runtime/target_size.ts";
import { SandboxError } from "./sandbox_error.ts";
import { HINT_NAMES } from "./unexpressed.ts";

/** A `rendered` answer in the right shape. */
export interface CheckedAnswer {
  readonly targets: ReadonlyMap<string, TargetAnswer>;
  readonly nodes: ReadonlyMap<string, NodeAnswer>;
}

/** Bytes of text that one target's files may have in all. */
const MAX_TARGET_CHARACTERS = 4 * 1024 * 1024;

/**
 * Checks an answer.
 *
 * @throws {SandboxError} With code `protocol`, naming the place, if its shape is wrong.
 */
export function checkAnswer(answer: unknown, agent: string): CheckedAnswer {
  const fail = (what: string): never => {
    throw new SandboxError("protocol", `Agent ${agent} gave an answer of the wrong shape: ${what}`);
  };
  if (!isPlain(answer)) return fail("no object");
  const { type, targets, nodes } = answer;
  if (type !== "rendered" || !Array.isArray(targets)) fail("not type rendered with a list of targets");
  const checked = new Map<string, TargetAnswer>();
  for (const item of targets as unknown[]) {
    const target = checkTarget(item, fail);
    if (checked.has(target.id)) fail("a target twice");
    checked.set(target.id, target);
  }
  const checkedNodes = new Map<string, NodeAnswer>();
  if (!isPlain(nodes)) return fail("nodes is no object");
  for (const [name, item] of Object.entries(nodes)) {
    checkedNodes.set(name, checkNode(item, fail));
  }
  return { targets: checked, nodes: checkedNodes };
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function checkTarget(value: unknown, fail: (what: string) => never): TargetAnswer {
  if (!isPlain(value)) return fail("a target is no object");
  const { id, error, files, fields } = value;
  if (!isText(id)) return fail("a target without id");
  if (error !== undefined && !isText(error)) return fail("an error that is no text");
  const warnings = Array.isArray(value.warnings) ? value.warnings : fail("warnings is no list");
  const unexpressed = Array.isArray(value.unexpressed ?? [])
    ? value.unexpressed as unknown[] ?? []
    : fail("unexpressed is no list");
  if (!isPlain(files)) return fail("files is no object");
  if (!isPlain(fields)) return fail("fields is no object");
  const texts = Object.values(files);
  if (!texts.every(isText)) return fail("a file whose contents are no text");
  if (texts.reduce((sum, text) => sum + (text as string).length, 0) > MAX_TARGET_CHARACTERS) {
    fail(`files of more than ${MAX_TARGET_CHARACTERS} characters for one container`);
  }
  return {
    id,
    ...(error === undefined ? {} : { error: printable(error) }),
    warnings: warnings.slice(0, MAX_WARNINGS).map((item) => checkWarning(item, fail)),
    unexpressed: unexpressed.slice(0, MAX_WARNINGS).map((item) => checkUnexpressed(item, fail)),
    fields,
    files: files as Readonly<Record<string, string>>,
  };
}

function checkWarning(value: unknown, fail: (what: string) => never) {
  if (!isPlain(value)) return fail("a warning is no object");
  const { subject, expected } = value;
  if (!isText(subject) || !isText(expected)) return fail("a warning without subject and expected");
  return { subject: printable(subject, MAX_WARNING_TEXT), expected: printable(expected, MAX_WARNING_TEXT) };
}

function checkUnexpressed(value: unknown, fail: (what: string) => never) {
  if (!isPlain(value)) return fail("an unexpressed hint is no object");
  const { hint, why } = value;
  const known = HINT_NAMES.find((name) => name === hint);
  if (known === undefined || !isText(why)) return fail("an unexpressed hint without the name of a hint and a reason");
  return { hint: known, why: printable(why, MAX_WARNING_TEXT) };
}

function checkNode(value: unknown, fail: (what: string) => never): NodeAnswer {
  if (!isPlain(value)) return fail("a node file is no object");
  const { contents, error, count, leftOut } = value;
  if (typeof count !== "number" || !Number.isSafeInteger(count) || count < 0) return fail("a node file without count");
  if ((contents === undefined) === (error === undefined)) return fail("a node file needs contents or an error");
  if ((contents !== undefined && !isText(contents)) || (error !== undefined && !isText(error))) {
    return fail("a node file whose contents are no text");
  }
  const left = (Array.isArray(leftOut) ? leftOut : fail("leftOut is no list")).map((item) => {
    if (!isPlain(item)) return fail("leftOut has something that is no object");
    const { id, error } = item;
    return isText(id) && isText(error)
      ? { id, error: printable(error) }
      : fail("leftOut has an element without id and error");
  });
  return {
    ...(isText(contents) ? { contents } : {}),
    ...(isText(error) ? { error: printable(error) } : {}),
    count,
    leftOut: left,
  };
}
