/**
 * The template engine of the sandbox: Eta with interpolation that writes each value in the language of the output.
 *
 * A line that holds nothing but `<% statements %>` leaves nothing behind, not even its newline; everything else is written as it stands.
 *
 * `<%= value %>` writes a complete literal of that language, quotes included. `<%~ %>` is for `include(...)` alone. A missing value is an
 * error, never the text `undefined`.
 *
 * @module
 */
import { Eta } from "eta/core";
import type { Language, OutputFormat } from "../agent.ts";
import { escapeOf, ESCAPES } from "./escapes.ts";
import { compileError, runtimeError } from "./template_error.ts";

/** Templates by file name, as in the agent's folder. */
export type TemplateSources = ReadonlyMap<string, string>;

/** The agent's own languages by name. */
export type Languages = Readonly<Record<string, Language>>;

/** Renders one template with one value. */
export type RenderTemplate = (template: string, format: string, it: object) => string;

/**
 * Compiles on first use, once per format; `include("name")` finds `name.eta` of the same folder.
 *
 * @throws {Error} If a template is missing, does not compile, or reads a value that is not there; with the template's name and line.
 */
export function createEngine(sources: TemplateSources, languages: Languages = {}): RenderTemplate {
  const engines = new Map<string, Eta>();
  return (template, format, it) => {
    const language = Object.hasOwn(languages, format) ? languages[format] : undefined;
    let eta = engines.get(format);
    if (!eta) {
      engines.set(format, eta = engineFor(language ? escapeOf(language) : ESCAPES[format as OutputFormat], sources));
    }
    const text = eta.render(template, it, { filepath: template });
    try {
      language?.check?.(text);
    } catch (cause) {
      throw new Error(`Rendered ${template} is no ${format}: ${(cause as Error)?.message ?? cause}`, { cause });
    }
    return text;
  };
}

function engineFor(escapeFunction: (value: unknown) => string, sources: TemplateSources): Eta {
  /** What Eta made of the template that is being compiled. */
  let body: string | undefined;
  const eta = new Eta({
    autoEscape: true,
    autoTrim: false,
    debug: true,
    cache: true,
    escapeFunction,
    plugins: [{
      processTemplate: hideStatementLines,
      processAST: onlyIncludesRaw,
      processFnString: (made: string) => body = escapeOutputFunction(made),
    }],
  });
  const load = (name: string) => {
    const file = name.endsWith(".eta") ? name : `${name}.eta`;
    const source = sources.get(file);
    if (source === undefined) {
      throw new Error(`Template ${file} is not in the folder, which has ${[...sources.keys()].join(", ")}`);
    }
    return { file, source };
  };
  eta.resolvePath = (name) => load(name).file;
  eta.readFile = (name) => load(name).source;
  const compile = eta.compile;
  eta.compile = (source, options) => {
    body = undefined;
    try {
      return compile.call(eta, source, options);
    } catch (error) {
      throw compileError(error, { file: options?.filepath ?? "the template", source, body });
    }
  };
  eta.RuntimeErr = (error, source, line, file) => {
    throw runtimeError(error, { file, line, source });
  };
  return eta;
}

type Node = string | { t: string; val: string; lineNo?: number };

/**
 * Has lines of statements alone leave nothing: their indentation goes, and Eta is told to drop the newline. The number of lines stays, for messages.
 */
function hideStatementLines(template: string): string {
  return template.replaceAll(
    /^[ \t]*((?:<%(?![=~])(?:(?!%>)[^])*%>[ \t]*)+)$/gm,
    (_, tags: string) => tags.trimEnd().replace(/[-_]?%>$/, "-%>"),
  );
}

/** Refuses `<%~ value %>`: unescaped output of data is how labels become configuration. */
function onlyIncludesRaw(nodes: Node[]): Node[] {
  for (const node of nodes) {
    if (typeof node === "string" || node.t !== "r" || /^\s*include\s*\(/.test(node.val)) continue;
    throw new Error(
      `Raw output <%~ ${node.val.trim()} %> in line ${node.lineNo} is not allowed, only <%~ include(...) %> is; write <%= %>`,
    );
  }
  return nodes;
}

/** Makes Eta's `output(value)` escape as `<%= value %>` does. */
function escapeOutputFunction(body: string): string {
  return body.replace("function output(s){__eta.res+=s;}", "function output(s){__eta.res+=__eta.e(s);}");
}
