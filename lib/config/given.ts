/**
 * What the operator gave, as text, before anything is parsed.
 *
 * @module
 */

import { printable } from "../observe/printable.ts";

/** Longest text that is shown, in UTF-16 units. */
const MAX_SHOWN = 80;

/** Flags and environment variables as text. */
export interface Given {
  /** Values by flag, without dashes. */
  readonly flags: ReadonlyMap<string, string>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Values of the configuration file, by environment variable; default none. */
  readonly file?: ReadonlyMap<string, GivenText>;
}

/** One text with the place it came from. */
export interface GivenText {
  readonly text: string;
  /** `--flag`, `VARIABLE` or `<file>:<line>:<column>`, to name it in messages. */
  readonly origin: string;
  readonly isFlag: boolean;
}

/**
 * Finds the text of a setting: the flag wins over the variable, the variable over the file. Empty text counts as not set; an empty flag thereby
 * undoes the variable.
 * @param setting The names of the setting.
 */
export function findGiven(
  given: Given,
  setting: { readonly flag: string; readonly env: string },
): GivenText | undefined {
  const flag = given.flags.get(setting.flag);
  if (flag !== undefined) return isBlank(flag) ? undefined : { text: flag, origin: `--${setting.flag}`, isFlag: true };
  const value = given.env[setting.env];
  if (value === undefined || isBlank(value)) return given.file?.get(setting.env);
  return { text: value, origin: setting.env, isFlag: false };
}

/** Writes the sentence of a value that could not be parsed; long values are cut, and passwords in addresses left out. */
export function describeProblem(given: GivenText, expected: string): string {
  return `${given.origin} is ${shownText(given.text)}, expected ${expected}`;
}

/** Writes given text in quotes, on one line: cut where it is long, and without the password that an address may have. */
export function shownText(text: string): string {
  const [start, end] = [text.indexOf("//"), text.lastIndexOf("@")];
  const open = start !== -1 && end > start ? `${text.slice(0, start)}//***${text.slice(end)}` : text;
  return printable(JSON.stringify(open.length > MAX_SHOWN ? `${open.slice(0, MAX_SHOWN)}...` : open));
}

function isBlank(text: string): boolean {
  return text.trim() === "";
}
