/**
 * Reads hints once per pod and container, however often they are asked for: a pass over 10,000 containers parses nothing that it has parsed before.
 *
 * @module
 */
import {
  type ContainerHints,
  containerHints,
  type HintedContainer,
  type HintRules,
  NO_CONTAINER_HINTS,
} from "./container_hints.ts";
import { type HintSources, hintSources } from "./hint_sources.ts";
import { OWN_ANNOTATIONS } from "./own_annotations.ts";

/** Options of {@linkcode HintReader}; without them only the program's own annotations are read. */
export interface HintReaderOptions extends Partial<Omit<HintRules, "agents">> {
  /** Names of the agents that are configured here; undefined: they are not checked. */
  readonly agents?: readonly string[];
  /** Clock in milliseconds since 1970, for rules that end; default Date.now. */
  readonly now?: () => number;
}

/** Reads hints. */
export class HintReader {
  readonly #options: HintReaderOptions;
  readonly #now: () => number;
  #known = new WeakMap<object, Map<string, ContainerHints>>();
  #rules: HintRules;
  #epoch = 0;
  /** When the next rule of the operator ends. */
  #validUntilMs = 0;

  constructor(options: HintReaderOptions = {}) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#rules = this.#begin(this.#now());
  }

  /** Number that changes when a rule has ended: until then the hints of a pod that did not change are the same. */
  epoch(): number {
    this.#endRules();
    return this.#epoch;
  }

  /** Gives a container's hints: the same object until its pod changes or a rule ends. */
  read(container: HintedContainer): ContainerHints {
    this.#endRules();
    const { pod, containerName } = container;
    if (!pod) return this.#rules.operator.length === 0 ? NO_CONTAINER_HINTS : containerHints(container, this.#rules);
    let known = this.#known.get(pod);
    if (!known) this.#known.set(pod, known = new Map());
    let hints = known.get(containerName);
    if (!hints) known.set(containerName, hints = containerHints(container, this.#rules));
    return hints;
  }

  /** Tells where a container's hints come from. */
  sources(container: HintedContainer): HintSources {
    return hintSources(container, this.#rulesAt(this.#now()));
  }

  #endRules() {
    const nowMs = this.#validUntilMs === Infinity ? 0 : this.#now();
    if (nowMs >= this.#validUntilMs) this.#rules = this.#begin(nowMs);
  }

  #begin(nowMs: number): HintRules {
    this.#epoch++;
    const ends = (this.#options.operator ?? []).map(({ untilMs = Infinity }) => untilMs);
    this.#validUntilMs = Math.min(Infinity, ...ends.filter((untilMs) => untilMs > nowMs));
    this.#known = new WeakMap();
    return this.#rulesAt(nowMs);
  }

  #rulesAt(nowMs: number): HintRules {
    const { vocabularies = [], attributeLabels = [], attributeAnnotations = [], agents, operator = [] } = this.#options;
    return {
      vocabularies: [OWN_ANNOTATIONS, ...vocabularies],
      attributeLabels,
      attributeAnnotations,
      agents: agents && new Set(agents),
      operator: operator.filter(({ untilMs = Infinity }) => untilMs > nowMs),
    };
  }
}
