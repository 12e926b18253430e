/**
 * Turns a child's answer to `render` into values whose shape can be relied on. Nothing in it is believed beyond its shape.
 *
 * @module
 */
import type { NodeAnswer, TargetAnswer } from "./protocol.ts";
import { SandboxError } from "./sandbox_error.ts";

/** A `rendered` answer in the right shape. */
export interface CheckedAnswer {
  readonly targets: ReadonlyMap<string, TargetAnswer>;
  readonly nodes: ReadonlyMap<string, NodeAnswer>;
}

/** Bytes of text that one target's files may have in all. */
const MAX_TARGET_CHARACTERS = 4 * 1024 * 1024;
const MAX_WARNINGS = 20;
const MAX_TEXT = 500;

type Plain = Readonly<Record<string, unknown>>;

/**
 * Checks an answer.
 *
 * @throws {SandboxError} With code `protocol`, naming the place, if its shape is wrong.
 */
export function checkAnswer(answer: unknown, agent: string): CheckedAnswer {
  const fail = (what: string): never => {
    throw new SandboxError("protocol", `Agent ${agent} gave an answer of the wrong shape: ${what}`);
  };
  const { type, targets, nodes } = plain(answer) ?? fail("no object");
  if (type !== "rendered" || !Array.isArray(targets)) fail("not type rendered with a list of targets");
  const checked = new Map<string, TargetAnswer>();
  for (const item of targets as unknown[]) {
    const target = checkTarget(item, fail);
    if (checked.has(target.id)) fail("a target twice");
    checked.set(target.id, target);
  }
  const checkedNodes = new Map<string, NodeAnswer>();
  for (const [name, item] of Object.entries(plain(nodes) ?? fail("nodes is no object"))) {
    checkedNodes.set(name, checkNode(item, fail));
  }
  return { targets: checked, nodes: checkedNodes };
}

function plain(value: unknown): Plain | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value as Plain : undefined;
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function checkTarget(value: unknown, fail: (what: string) => never): TargetAnswer {
  const target = plain(value) ?? fail("a target is no object");
  const { id, error } = target;
  if (!isText(id)) return fail("a target without id");
  if (error !== undefined && !isText(error)) return fail("an error that is no text");
  const warnings = Array.isArray(target.warnings) ? target.warnings : fail("warnings is no list");
  const files = plain(target.files) ?? fail("files is no object");
  const texts = Object.values(files);
  if (!texts.every(isText)) return fail("a file whose contents are no text");
  if (texts.reduce((sum, text) => sum + (text as string).length, 0) > MAX_TARGET_CHARACTERS) {
    fail(`files of more than ${MAX_TARGET_CHARACTERS} characters for one container`);
  }
  return {
    id,
    ...(error === undefined ? {} : { error }),
    warnings: warnings.slice(0, MAX_WARNINGS).map((item) => checkWarning(item, fail)),
    fields: plain(target.fields) ?? fail("fields is no object"),
    files: files as Readonly<Record<string, string>>,
  };
}

function checkWarning(value: unknown, fail: (what: string) => never) {
  const { subject, expected } = plain(value) ?? fail("a warning is no object");
  if (!isText(subject) || !isText(expected)) return fail("a warning without subject and expected");
  return { subject: subject.slice(0, MAX_TEXT), expected: expected.slice(0, MAX_TEXT) };
}

function checkNode(value: unknown, fail: (what: string) => never): NodeAnswer {
  const node = plain(value) ?? fail("a node file is no object");
  const { contents, error, count, leftOut } = node;
  if (typeof count !== "number" || !Number.isSafeInteger(count) || count < 0) return fail("a node file without count");
  if ((contents === undefined) === (error === undefined)) return fail("a node file needs contents or an error");
  if ((contents !== undefined && !isText(contents)) || (error !== undefined && !isText(error))) {
    return fail("a node file whose contents are no text");
  }
  const left = (Array.isArray(leftOut) ? leftOut : fail("leftOut is no list")).map((item) => {
    const { id, error } = plain(item) ?? fail("leftOut has something that is no object");
    return isText(id) && isText(error) ? { id, error } : fail("leftOut has an element without id and error");
  });
  return { ...(isText(contents) ? { contents } : {}), ...(isText(error) ? { error } : {}), count, leftOut: left };
}
