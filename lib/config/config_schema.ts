/**
 * JSON Schema of the configuration file, from the declarations that are parsed: editors complete and check by it.
 *
 * @module
 */
import { MULTILINE_PRESETS } from "../hints/multiline_presets.ts";
import type { AgentDescription } from "../render/agent_description.ts";
import { camelCase } from "./config_file.ts";
import { type CoreSetting, coreSettings } from "./core_settings.ts";

/** A schema; JSON Schema draft 2020-12. */
export type Schema = Readonly<Record<string, unknown>>;

const TEXT: Schema = { type: "string" };
const NAMES: Schema = {
  description: "A name or a list of names, with * for any text",
  oneOf: [TEXT, { type: "array", items: TEXT, minItems: 1 }],
};
const UNTIL: Schema = {
  description: "When it ends: a day, the last one on which it holds, or a moment",
  type: "string",
  pattern: "^\\d{4}-\\d{2}-\\d{2}(T.*)?$",
};
const MATCH: Readonly<Record<string, Schema>> = {
  namespaces: NAMES,
  pods: NAMES,
  containers: NAMES,
  labels: { description: "A label selector, as kubectl takes it: app=web,tier!=cache", type: "string" },
};
const HINTS: Readonly<Record<string, Schema>> = {
  exclude: { description: "Whether the log is not collected", type: "boolean" },
  agents: { description: "Agents that the log is for", oneOf: [TEXT, { type: "array", items: TEXT }] },
  parser: { description: "Name of the parser that lines are for", type: "string" },
  multiline: {
    description: `How lines belong together: ${
      [...MULTILINE_PRESETS.keys()].join(", ")
    }, none, or a pattern of first lines`,
    type: "string",
  },
  samplingRules: rules({ rate: { type: "number", minimum: 0, maximum: 1 } }),
  redactionRules: rules({ replacement: TEXT }),
  attributes: { description: "Attributes of every event", type: "object", additionalProperties: TEXT },
};

function rules(more: Readonly<Record<string, Schema>>): Schema {
  return { type: "array", items: object({ pattern: TEXT, ...more }, ["pattern"]) };
}

function object(properties: Readonly<Record<string, Schema>>, required: readonly string[] = []): Schema {
  return { type: "object", properties, additionalProperties: false, ...(required.length > 0 ? { required } : {}) };
}

function list(items: Schema, description: string): Schema {
  return { description, type: "array", items };
}

/** Makes the schema. @param agents Agents whose settings it has; others may be there, unchecked. */
export function configSchema(agents: readonly AgentDescription[]): Schema {
  const constraint = object({ ...MATCH, images: NAMES, agents: NAMES, until: UNTIL });
  const core = coreSettings().filter(([key]) => key !== "config");
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Configuration file of kube-log-watcher",
    ...object({
      ...Object.fromEntries(core.map(([, setting]) => [camelCase(setting.flag), coreSchema(setting)])),
      agentSettings: {
        description: "Settings of agents, by agent",
        type: "object",
        properties: Object.fromEntries(agents.map((agent) => [agent.name, agentSchema(agent)])),
        additionalProperties: { type: "object" },
      },
      include: list(constraint, "If there are any, a container must meet one of them"),
      exclude: list(constraint, "Containers that are not followed, or not by some agents"),
      attributes: { ...HINTS.attributes!, description: "Attributes of every container's events" },
      rules: list(
        object({ name: TEXT, match: object(MATCH), overrides: { type: "boolean" }, until: UNTIL, ...HINTS }),
        "What is wished for the logs of some containers, whatever their pods say; redaction rules cannot be removed by a pod",
      ),
      scalyr_sampling_rules: list(
        object({
          application: TEXT,
          component: TEXT,
          probability: { type: "number", minimum: 0, maximum: 1 },
          value: TEXT,
        }, ["value"]),
        "Sampling rules as in the Python program: the first that is met replaces the pod's annotation",
      ),
    }),
  };
}

function coreSchema({ help, placeholder, separator, default: standard, env }: CoreSetting): Schema {
  const description = `${help}${standard === undefined ? "" : ` (default: ${standard})`}; ${env}`;
  const choices = /^[a-z]+(\|[a-z]+)+$/.test(placeholder) ? placeholder.split("|") : undefined;
  if (choices) return { description, enum: choices };
  if (placeholder === "boolean") return { description, type: "boolean" };
  if (placeholder === "seconds" || placeholder === "port") return { description, type: "number" };
  if (separator !== undefined) return { description, type: ["array", "string", "boolean"], items: TEXT };
  return { description, type: ["string", "number"] };
}

function agentSchema({ summary, settings }: AgentDescription): Schema {
  const types = { integer: "integer", boolean: "boolean", object: "object" } as Readonly<Record<string, string>>;
  return {
    description: summary,
    ...object(Object.fromEntries(
      Object.entries(settings).map(([name, { type, help, secret, default: standard }]) => {
        const more = standard === undefined
          ? ""
          : ` (default: ${typeof standard === "object" ? JSON.stringify(standard) : standard})`;
        return secret
          ? [`${name}File`, { description: `${help} (file that holds it)`, type: "string" }]
          : [name, { description: `${help}${more}`, type: types[type] ?? ["string", "number"] }];
      }),
    )),
  };
}
