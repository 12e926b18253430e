/**
 * Has Promtail run the stages of a module of Alloy: both have the same ones.
 *
 * @module
 */
import { parse } from "yaml";
import { type AlloyStatement, readAlloy } from "./read_alloy.ts";

/** Replaces the stages of a configuration of Promtail by those of a module. */
export function withPipeline(config: string, module: string): string {
  const parsed = parse(config);
  const process = readAlloy(module)[0]!.body!.find(({ name }) => name === "loki.process")!;
  parsed.scrape_configs[0].pipeline_stages = stagesOf(process.body!);
  // JSON is YAML, but for what Promtail's reader does not take for printable.
  return JSON.stringify(parsed).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (character) => "\\u" + character.charCodeAt(0).toString(16).padStart(4, "0"),
  );
}

function stagesOf(statements: readonly AlloyStatement[]): unknown[] {
  return statements.filter(({ name }) => name.startsWith("stage.")).map(({ name, body = [] }) => {
    const options = Object.fromEntries(
      body.filter(({ value }) => value !== undefined).map((one) => [one.name, one.value]),
    );
    switch (name) {
      case "stage.match":
        return { match: { ...options, stages: stagesOf(body) } };
      case "stage.structured_metadata":
        return { structured_metadata: options.values };
      case "stage.static_labels":
        return { static_labels: options.values };
      case "stage.label_drop":
        return { labeldrop: options.values };
      default:
        return { [name.slice("stage.".length)]: options };
    }
  });
}
