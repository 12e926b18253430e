/**
 * Reads a Dockerfile into stages, as far as this project's one uses the language.
 *
 * @module
 */

/** One instruction. */
export interface Instruction {
  /** In capitals. */
  readonly name: string;
  /** The rest, continuation lines joined. */
  readonly text: string;
}

/** What lies between two FROM lines. */
export interface Stage {
  /** The image that it starts from, arguments filled in. */
  readonly image: string;
  /** After AS; undefined for the last stage. */
  readonly alias: string | undefined;
  readonly instructions: readonly Instruction[];
}

/**
 * Reads a Dockerfile.
 * @throws {Error} If a line is no instruction, or comes before the first FROM.
 */
export function parseDockerfile(text: string): Stage[] {
  const globals = new Map<string, string>();
  const stages: { image: string; alias: string | undefined; instructions: Instruction[] }[] = [];
  for (const instruction of instructionsOf(text)) {
    const stage = stages.at(-1);
    if (instruction.name === "FROM") stages.push(fromLine(instruction.text, globals));
    else if (stage) stage.instructions.push(instruction);
    else if (instruction.name === "ARG") setArgument(globals, instruction.text);
    else throw new Error(`${instruction.name} before the first FROM: ${instruction.text}`);
  }
  return stages;
}

/** Reads the JSON list of an instruction in exec form. @throws {SyntaxError} If it is in shell form. */
export function execForm(text: string): string[] {
  return JSON.parse(text) as string[];
}

function instructionsOf(text: string): Instruction[] {
  const lines = text.split("\n").filter((line) => !/^\s*(#|$)/.test(line));
  const joined = lines.join("\n").replaceAll(/\\\n\s*/g, "");
  return joined.split("\n").map((line) => {
    const match = /^([A-Z]+)\s+(.+)$/.exec(line);
    if (!match) throw new Error(`This line is no instruction: ${line}`);
    return { name: match[1]!, text: match[2]!.trim() };
  });
}

function fromLine(text: string, globals: ReadonlyMap<string, string>) {
  const [image, , alias] = text.split(/\s+/);
  return {
    image: image!.replaceAll(/\$\{(\w+)\}/g, (_, name) => globals.get(name) ?? ""),
    alias,
    instructions: [],
  };
}

function setArgument(globals: Map<string, string>, text: string): void {
  const [name, value = ""] = text.split(/=(.*)/s);
  globals.set(name!, value);
}
