/**
 * The vocabularies of other programs, which workloads may carry already.
 *
 * @module
 */
import type { Vocabulary } from "./wishes.ts";

/** Loads each vocabulary only where it is asked for: some need a parser that an idle watcher should not hold in memory. */
const LOADERS = {
  elastic: async () => (await import("./elastic_annotations.ts")).ELASTIC_ANNOTATIONS,
  fluentbit: async () => (await import("./fluent_bit_annotations.ts")).FLUENT_BIT_ANNOTATIONS,
  scalyr: async () => (await import("./scalyr_annotations.ts")).SCALYR_ANNOTATIONS,
  datadog: async () => (await import("./datadog_annotations.ts")).DATADOG_ANNOTATIONS,
  vector: async () => (await import("./vector_annotations.ts")).VECTOR_ANNOTATIONS,
  otel: async () => (await import("./otel_annotations.ts")).OTEL_ANNOTATIONS,
} as const satisfies Readonly<Record<string, () => Promise<Vocabulary>>>;

/** Name of a vocabulary in settings. */
export type VocabularyName = keyof typeof LOADERS;

/** Names of all vocabularies. */
export const VOCABULARY_NAMES: readonly VocabularyName[] = Object.keys(LOADERS) as VocabularyName[];

/** Loads vocabularies, in the order of their names. */
export async function loadVocabularies(names: readonly VocabularyName[]): Promise<readonly Vocabulary[]> {
  return await Promise.all(names.map((name) => LOADERS[name]()));
}
