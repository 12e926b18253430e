/**
 * Filebeat: one file per container with an input `filestream`, for `filebeat.config.inputs`.
 *
 * Written for Filebeat 8.15 and later, and 9. It reads the folder again by itself and restarts the inputs that changed.
 *
 * @module
 */
import type { Agent, LogHints, LogTarget, Scope, Settings } from "../../lib/render/agent.ts";
import { fieldsOf } from "./fields.ts";
import { filebeatYaml } from "./language.ts";
import { SAMPLING_SCRIPT } from "./sampling_script.ts";

const settings = {
  destPath: {
    env: "WATCHER_FILEBEAT_DEST_PATH",
    type: "directory",
    required: true,
    help: "Folder of one file per container, for filebeat.config.inputs",
    sample: "/usr/share/filebeat/inputs.d",
  },
} as const satisfies Settings;

/** What the parser `container` calls the formats. */
const FORMATS = { "json-file": "docker", "cri": "cri" } as const;

export default {
  summary: "Filebeat: one file with an input filestream per container",
  settings,
  languages: { filebeat: filebeatYaml },
  outputs: {
    input: { template: "input.yml.eta", format: "filebeat", each: "container", path: "{destPath}/klw_{id}.yml" },
  },
  expresses: ["parser", "multiline", "samplingRules", "redactionRules", "attributes"],
  minSecondsBetweenWrites: 1,

  context(target, scope) {
    const { hints, log } = target;
    return {
      id: target.id,
      inputId: `klw-${target.id}`,
      paths: [asGlob(log.path), `${asGlob(log.path)}.*`],
      excluded: ["\\.(gz|tmp)$"],
      parsers: [
        { container: { stream: "all", format: FORMATS[log.format] } },
        ...multiline(hints),
      ],
      processors: [
        { add_fields: { target: "", fields: fieldsOf(target, scope) } },
        ...sampling(hints),
        ...redaction(hints),
        ...parser(target, scope),
      ],
    };
  },
} satisfies Agent<typeof settings>;

/** Writes a path as a pattern of Go's filepath.Match that matches it alone. */
function asGlob(path: string): string {
  return path.replaceAll(/[*?[\\]/g, "\\$&");
}

function multiline({ multiline }: LogHints): readonly object[] {
  if (!multiline) return [];
  const pattern = multiline.firstLine;
  return [{ multiline: { type: "pattern", pattern, negate: true, match: "after", max_lines: 500, timeout: "5s" } }];
}

function sampling({ samplingRules }: LogHints): readonly object[] {
  if (samplingRules.length === 0) return [];
  const rules = samplingRules.map(({ pattern, rate }) => ({ pattern, rate: String(rate) }));
  return [{ script: { lang: "javascript", tag: "klw_sampling", params: { rules }, source: SAMPLING_SCRIPT } }];
}

function redaction({ redactionRules }: LogHints): readonly object[] {
  if (redactionRules.length === 0) return [];
  const fields = redactionRules.map(({ pattern, replacement }) => ({
    field: "message",
    // Has ^ and $ match at each line of an event.
    pattern: `(?m)${pattern}`,
    // A dollar sign would begin a reference to a group. Versions that refuse to replace by nothing take a group that is not there.
    replacement: replacement.replaceAll("$", "$$$$") || "${_}",
  }));
  return [{ replace: { fields, ignore_missing: true } }];
}

function parser({ hints: { parser } }: LogTarget, { cannot }: Pick<Scope, "cannot">): readonly object[] {
  if (parser === "") return [];
  if (parser === "json") return [{ decode_json_fields: { fields: ["message"], target: "json", process_array: false } }];
  cannot(
    "parser",
    `Filebeat takes no lines apart for ${parser}, only for json; the name goes into the field labels.parser`,
  );
  return [];
}
