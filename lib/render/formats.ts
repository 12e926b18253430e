/**
 * Reads rendered files back, with a parser of their format, before they may be written.
 *
 * @module
 */
import type { FileOutput, OutputFormat } from "./agent.ts";
import { jsonAsYaml } from "./json_as_yaml.ts";
import { KnownShapes } from "./known_shapes.ts";

/** A rendered file is not what its output declares. */
export class OutputFormatError extends Error {
  override name = "OutputFormatError";
}

/** What of an output decides how its text is checked. */
export type TextOutput = Pick<FileOutput, "template" | "format" | "list">;

/** Checks the text of one output; loads what it needs of parsers on first use. */
export type CheckText = (text: string, count: number) => void;

/**
 * Makes the check of an output.
 *
 * @param languages What files of the agent's own languages can be read back as.
 * @returns A function that throws {@linkcode OutputFormatError} when the text does not parse, or its declared list has not `count` elements.
 */
export async function createTextCheck(
  output: TextOutput,
  languages: Readonly<Record<string, OutputFormat>> = {},
): Promise<CheckText> {
  const like = Object.hasOwn(languages, output.format) ? languages[output.format]! : output.format as OutputFormat;
  const parse = await parserOf(like);
  if (!parse) return () => {};
  const gist = (value: unknown) => ({ elements: output.list === undefined ? 0 : elementsIn(value, output.list) });
  const shapes = like === "yaml" ? new KnownShapes(parse, gist) : undefined;
  return (text, count) => {
    let elements: number | undefined;
    try {
      const json = shapes && jsonAsYaml(text);
      ({ elements } = json || !shapes ? gist(json ?? parse(text)) : shapes.gistOf(text));
    } catch (cause) {
      const problem = problemOf(cause as Error);
      throw new OutputFormatError(`Rendered ${output.template} is no ${like.toUpperCase()}: ${problem}`, { cause });
    }
    if (output.list !== undefined) checkElements(elements, { output, name: output.list, count });
  };
}

/** Gives the first line of what a parser says, which tells the place; parsers that follow nesting by recursion end where it is too deep. */
function problemOf(cause: Error): string {
  if (cause instanceof RangeError) return "it is nested too deeply to be read";
  return cause.message.split("\n")[0]!.replace(/:$/, "");
}

/** Counts the elements of a list or object, or of the one that lies in an object under a name; undefined if there is none. */
function elementsIn(value: unknown, name: string): number | undefined {
  const list = name === ""
    ? value
    : typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
  if (typeof list !== "object" || list === null) return undefined;
  return Array.isArray(list) ? list.length : Object.keys(list).length;
}

function checkElements(
  elements: number | undefined,
  { output, name, count }: { output: TextOutput; name: string; count: number },
) {
  if (elements === undefined) {
    const what = name === "" ? "is no list or object" : `has no list or object ${JSON.stringify(name)}`;
    throw new OutputFormatError(`Rendered ${output.template} ${what}`);
  }
  if (elements !== count) {
    const where = name === "" ? "" : ` in ${JSON.stringify(name)}`;
    throw new OutputFormatError(
      `Rendered ${output.template} has ${elements} elements${where} for ${count} containers`,
    );
  }
}

async function parserOf(format: OutputFormat): Promise<((text: string) => unknown) | undefined> {
  switch (format) {
    case "json":
      return JSON.parse;
    case "yaml": {
      // Loaded only for agents that write YAML: it costs memory that an idle watcher should not.
      const { parseDocument } = await import("yaml");
      return (text) => {
        const document = parseDocument(text, { version: "1.1", uniqueKeys: true, strict: true, logLevel: "error" });
        const problem = document.errors[0] ?? document.warnings[0];
        if (problem) throw problem;
        return document.toJS({ maxAliasCount: 0 });
      };
    }
    case "text":
      return undefined;
  }
}
