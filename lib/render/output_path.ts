/**
 * Paths of outputs: patterns like `{destPath}/container-{id}.job`, filled in part by part, so that no value can lead out of the place that the operator named.
 *
 * @module
 */
import { dirname, isAbsolute, normalize } from "node:path";
import type { Settings } from "./agent.ts";

/** A path pattern, or a value that was to fill it, cannot be used. */
export class OutputPathError extends Error {
  override name = "OutputPathError";
}

/** Longest name that Linux file systems take, in bytes. */
const MAX_PART_BYTES = 255;

/** Longest path that Linux system calls take, in bytes (PATH_MAX less the end mark). */
const MAX_PATH_BYTES = 4095;

// deno-lint-ignore no-control-regex
const CONTROL = /[\u0000-\u001f\u007f]/;

const encoder = new TextEncoder();

/** A checked pattern. */
export interface PathPattern {
  /** Name of the setting with the folder or file that the path starts with. */
  readonly setting: string;
  /** Further parts of the path; empty when the setting is the file itself. */
  readonly parts: readonly string[];
}

/**
 * Checks a pattern against the declared settings.
 *
 * @throws {OutputPathError} If it does not start with a setting of type `directory` or `file`, or a part is `..` or the like.
 */
export function parsePathPattern(pattern: string, settings: Settings): PathPattern {
  const match = /^\{([A-Za-z][A-Za-z0-9]*)\}(?:\/(.+))?$/.exec(pattern);
  const setting = match?.[1];
  const type = setting !== undefined && Object.hasOwn(settings, setting) ? settings[setting]?.type : undefined;
  if (setting === undefined || (type !== "directory" && type !== "file")) {
    throw new OutputPathError(
      `Path ${JSON.stringify(pattern)} does not start with {name} of a setting of type "directory" or "file"`,
    );
  }
  const parts = match?.[2]?.split("/") ?? [];
  if (type === "file" && parts.length > 0) {
    throw new OutputPathError(`Path ${JSON.stringify(pattern)} goes on after the file {${setting}}`);
  }
  if (type === "directory" && parts.length === 0) {
    throw new OutputPathError(`Path ${JSON.stringify(pattern)} names no file in the folder {${setting}}`);
  }
  for (const part of parts) {
    if (part === "" || part === "." || part === "..") {
      throw new OutputPathError(`Path ${JSON.stringify(pattern)} has the part ${JSON.stringify(part)}`);
    }
    // Hidden files beside the output are the watcher's own: temporary files and its record of what it wrote.
    if (part.startsWith(".")) {
      throw new OutputPathError(
        `Path ${JSON.stringify(pattern)} has the part ${JSON.stringify(part)}, which is hidden`,
      );
    }
    if (CONTROL.test(part) || bytesOf(part) > MAX_PART_BYTES) {
      throw new OutputPathError(
        `Path ${
          JSON.stringify(pattern.slice(0, 100))
        } has a part with control characters or of more than ${MAX_PART_BYTES} bytes`,
      );
    }
    if (part.replaceAll(/\{[A-Za-z][A-Za-z0-9]*\}/g, "").match(/[{}]/)) {
      throw new OutputPathError(`Path ${JSON.stringify(pattern)} has a brace that is not part of {name}`);
    }
  }
  return { setting, parts };
}

/** Tells the folder below which all paths of a pattern lie. */
export function rootOf(pattern: PathPattern, settings: Readonly<Record<string, unknown>>): string {
  const place = String(settings[pattern.setting]);
  return pattern.parts.length === 0 ? dirname(place) : normalize(place).replace(/(.)\/$/, "$1");
}

/**
 * Fills in a pattern.
 *
 * @param fields Values of the names in braces.
 * @throws {OutputPathError} If a value is missing or is not one part of a path.
 */
export function fillPath(
  pattern: PathPattern,
  { settings, fields }: { settings: Readonly<Record<string, unknown>>; fields: Readonly<Record<string, unknown>> },
): string {
  const root = rootOf(pattern, settings);
  const path = pattern.parts.length === 0
    ? normalize(String(settings[pattern.setting]))
    : [root === "/" ? "" : root, ...pattern.parts.map((part) => fillPart(part, fields))].join("/");
  if (bytesOf(path) > MAX_PATH_BYTES) {
    throw new OutputPathError(`Path ${JSON.stringify(path.slice(0, 100))}... is longer than ${MAX_PATH_BYTES} bytes`);
  }
  return path;
}

function bytesOf(text: string): number {
  return encoder.encode(text).length;
}

function fillPart(part: string, fields: Readonly<Record<string, unknown>>): string {
  const filled = part.replaceAll(/\{([A-Za-z][A-Za-z0-9]*)\}/g, (_, name: string) => {
    const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (typeof value !== "string" || value === "") {
      throw new OutputPathError(
        `Path part ${JSON.stringify(part)} has no value for {${name}}: context must give a text that is not empty`,
      );
    }
    if (!value.isWellFormed()) {
      throw new OutputPathError(`Path part ${JSON.stringify(part)} has a value for {${name}} that is no text`);
    }
    return value;
  });
  if (filled.startsWith(".") || filled.includes("/") || CONTROL.test(filled)) {
    throw new OutputPathError(
      `Path part ${
        JSON.stringify(filled.slice(0, 100))
      } would lead out of the output's folder, be hidden, or has control characters`,
    );
  }
  if (bytesOf(filled) > MAX_PART_BYTES) {
    throw new OutputPathError(
      `Path part ${JSON.stringify(filled.slice(0, 100))}... is longer than ${MAX_PART_BYTES} bytes`,
    );
  }
  return filled;
}

/** Tells whether an absolute, normal path lies in one of the folders. */
export function liesIn(path: string, folders: readonly string[]): boolean {
  return isAbsolute(path) && normalize(path) === path &&
    folders.some((folder) => path.startsWith(folder.endsWith("/") ? folder : folder + "/"));
}
