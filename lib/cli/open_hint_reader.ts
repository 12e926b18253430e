/**
 * Makes what reads the wishes of pods, as the configuration says.
 *
 * @module
 */
import type { Config } from "../config/config.ts";
import { HintReader } from "../hints/hint_reader.ts";
import { loadVocabularies } from "../hints/vocabularies.ts";

/**
 * Makes a reader of hints.
 *
 * @param late Names of selected agents that are not in the configuration yet.
 */
export async function openHintReader(
  config: Pick<Config, "agents" | "annotationsFrom" | "attributeLabels" | "attributeAnnotations" | "rules">,
  late: Iterable<string> = [],
): Promise<HintReader> {
  return new HintReader({
    vocabularies: await loadVocabularies(config.annotationsFrom),
    attributeLabels: config.attributeLabels,
    attributeAnnotations: config.attributeAnnotations,
    operator: config.rules.hints,
    agents: [...config.agents.map(({ description }) => description.name), ...late],
  });
}
