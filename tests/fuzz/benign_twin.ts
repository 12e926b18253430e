/**
 * A harmless scene of the same form as a hostile one: what the agent makes of it shows which keys its templates have, and where each
 * text of a target goes.
 *
 * @module
 */
import type { LogTarget } from "../../lib/join/log_target.ts";
import type { AgentDescription } from "../../lib/render/agent_description.ts";
import type { Scene } from "./scene.ts";

/** The twin, and which text of the hostile scene each of its texts stands for. */
export interface Twin {
  readonly targets: readonly LogTarget[];
  readonly standsFor: ReadonlyMap<string, string>;
}

/** Makes harmless targets: same ids and logs, same keys, same fields empty; every other text is a word of its own. */
export function benignTargets(targets: readonly LogTarget[]): Twin {
  const standsFor = new Map<string, string>();
  // With a capital, a space and an accent: where an agent writes a text in a form of its own, the word does not come back as it is.
  const word = (text: string) => {
    if (text === "") return "";
    const made = `Harmless ${standsFor.size} é`;
    standsFor.set(made, text);
    return made;
  };
  const map = (texts: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, word(text)]));
  const twins = targets.map((target) => ({
    id: target.id,
    log: target.log,
    container: {
      ...target.container,
      name: word(target.container.name),
      imageReference: word(target.container.imageReference),
      image: word(target.container.image),
      imageVersion: word(target.container.imageVersion),
    },
    pod: {
      uid: word(target.pod.uid),
      name: word(target.pod.name),
      namespace: word(target.pod.namespace),
      labels: map(target.pod.labels),
      annotations: map(target.pod.annotations),
    },
    application: word(target.application),
    component: word(target.component),
    environment: word(target.environment),
    version: word(target.version),
    release: word(target.release),
    attributes: map(target.attributes),
    hints: target.hints,
  }));
  return { targets: twins, standsFor };
}

/** Makes harmless settings: texts become a word; keys of objects stay, and all values in them become texts. */
export function benignSettings(
  settings: Readonly<Record<string, unknown>>,
  description: AgentDescription,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]) => {
      const type = description.settings[name]?.type;
      if (type === "string") return [name, typeof value === "string" ? "word" : value];
      if (type !== "object" || typeof value !== "object" || value === null) return [name, value];
      return [name, Object.fromEntries(Object.keys(value).map((key) => [key, "word"]))];
    }),
  );
}

/** Makes a harmless node. */
export function benignNode(node: Scene["node"]): Scene["node"] {
  const word = (text: string, made: string) => text === "" ? "" : made;
  return {
    name: word(node.name, "node-1"),
    clusterId: word(node.clusterId, "cluster-1"),
    clusterEnvironment: word(node.clusterEnvironment, "production"),
    clusterAlias: word(node.clusterAlias, "none"),
  };
}
