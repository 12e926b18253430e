/**
 * Says of a template that fails where and why, in a line: Eta shows surroundings, and for a mistake in the syntax all that it compiled.
 *
 * @module
 */

/** A part of a template as Eta parses it: text, or a tag with its code. */
export type TemplatePart = string | { readonly t: string; readonly val: string; readonly lineNo?: number };

/** What is known of the templates that were rendered. */
export interface TemplateErrorScope {
  /** File name of the template that was asked for. */
  readonly template: string;
  /** Templates by file name. */
  readonly sources: ReadonlyMap<string, string>;
  /** Parses a template. @throws {Error} If a tag of it is not closed. */
  readonly parse: (source: string) => readonly TemplatePart[];
}

/** Longest line of a template that is quoted, in UTF-16 units. */
const MAX_LINE = 200;

/** Makes an error whose message begins with `file:line: ` where that can be told. */
export function templateError(error: unknown, scope: TemplateErrorScope): unknown {
  if (!(error instanceof Error)) return error;
  if (error.name === "EtaParser Error") return new Error(syntaxText(error.message, scope), { cause: error });
  const [inner, file, line] = innermost(error);
  if (file === undefined) return error;
  const text = scope.sources.get(file)?.split("\n")[Number(line) - 1]?.trim().slice(0, MAX_LINE);
  const quoted = text ? `; the line is: ${text}` : "";
  return new Error(`${file}:${line}: ${inner.message}${quoted}`, { cause: error });
}

/** Finds the error that a template met, and where: an included template's is within that of the one that includes it. */
function innermost(error: Error): readonly [Error, string | undefined, string | undefined] {
  let found: readonly [Error, string | undefined, string | undefined] = [error, undefined, undefined];
  for (let at: Error = error; at.cause instanceof Error; at = at.cause) {
    const place = /^(\S+\.eta):(\d+)\n/.exec(at.message);
    if (!place) break;
    found = [at.cause, place[1], place[2]];
  }
  return found;
}

function syntaxText(message: string, scope: TemplateErrorScope): string {
  const { template, sources } = scope;
  for (const file of [template, ...sources.keys()]) {
    const mistake = mistakeIn(sources.get(file) ?? "", scope);
    if (mistake) return `${file}:${mistake.line}: ${mistake.text}`;
  }
  const [first = "", , second = ""] = message.split("\n");
  return `${template}: ${first}${second === "" ? "" : `: ${second}`}`;
}

function mistakeIn(source: string, { parse }: TemplateErrorScope): { line: number; text: string } | undefined {
  try {
    return findMistake(parse(source));
  } catch (error) {
    const [, text, line] = /^(.*) at line (\d+) col \d+/.exec((error as Error).message) ?? [];
    return text === undefined ? undefined : { line: Number(line), text };
  }
}

/** Finds the first tag after which the code cannot be gone on with. */
function findMistake(parts: readonly TemplatePart[]): { line: number; text: string } | undefined {
  let code = "(function(it,include,output,write){";
  let line = 1;
  for (const part of parts) {
    if (typeof part === "string") code += ";write('');\n";
    else {
      line = part.lineNo ?? line;
      code += part.t === "e" ? `${part.val}\n` : `;write(${part.val}\n);\n`;
    }
    const text = syntaxErrorOf(code);
    if (text !== undefined && !isUnfinished(text)) return { line, text: `Bad template syntax: ${text}` };
  }
  const text = syntaxErrorOf(`${code}})`);
  return text === undefined ? undefined : { line, text: "Bad template syntax: a block that was begun has no end" };
}

/** Compiles code that lacks its end, so that nothing of it ever runs. */
function syntaxErrorOf(code: string): string | undefined {
  try {
    // deno-lint-ignore no-eval
    (0, eval)(code);
    return undefined;
  } catch (error) {
    return error instanceof SyntaxError ? error.message : undefined;
  }
}

function isUnfinished(text: string): boolean {
  return /^(Unexpected end of input|missing \) after argument list|Unterminated template literal)$/.test(text);
}
