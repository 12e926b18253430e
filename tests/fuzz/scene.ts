/**
 * What one agent is given at once: settings, node and targets, hostile through and through.
 *
 * @module
 */
import * as fc from "fast-check";
import { readAttributeChoice } from "../../lib/hints/attribute_choice.ts";
import { NO_CONTAINER_HINTS } from "../../lib/hints/container_hints.ts";
import { HintReader } from "../../lib/hints/hint_reader.ts";
import { loadVocabularies, VOCABULARY_NAMES } from "../../lib/hints/vocabularies.ts";
import type { LogTarget, NodeContext } from "../../lib/join/log_target.ts";
import { makeTarget } from "../../lib/join/make_target.ts";
import type { AgentDescription } from "../../lib/render/agent_description.ts";
import type { Setting } from "../../lib/render/agent.ts";
import { hostileAnnotation } from "./hostile_annotation.ts";
import { type DirectWishes, directWishes, wishAnnotations } from "./hostile_wishes.ts";
import { hostileJsonText, hostileKey, hostileMap, hostileText, hugeText } from "./hostile_text.ts";

/** Folders in which the logs of targets lie. */
export const LOG_ROOTS = ["/var/lib/docker/containers", "/var/log/pods"];

/** Input of one rendering. */
export interface Scene {
  /** Settings of the agent, by variable. */
  readonly env: Readonly<Record<string, string>>;
  readonly node: NodeContext;
  /** No two have the same id. */
  readonly targets: readonly LogTarget[];
}

/** Labels and annotations that agents look at. */
export interface KnownKeys {
  readonly labels: readonly string[];
  /** Annotations with JSON lists, with the key of an item under which a list of rules or a text is expected. */
  readonly annotations: Readonly<Record<string, string>>;
}

const WORLD_LABELS = ["application", "component", "environment", "version", "release"];
/** Starts every secret, so that one can be recognised wherever it comes up. */
export const SECRET_MARK = "S3CRET-MARK";

/** The operator's own; Linux takes 128 KiB for a variable. */
const longSetting = hugeText.map((text) => text.slice(0, 16 * 1024));

/** Makes scenes for an agent. */
export function scenes(description: AgentDescription, known: KnownKeys): fc.Arbitrary<Scene> {
  return fc.record({
    env: environment(description),
    node: fc.record({
      name: hostileText,
      clusterId: hostileText,
      clusterEnvironment: hostileText,
      clusterAlias: hostileText,
    }),
    targets: fc.uniqueArray(target(known), { minLength: 1, maxLength: 80, size: "max", selector: ({ id }) => id }),
  });
}

function environment({ settings }: AgentDescription): fc.Arbitrary<Record<string, string>> {
  const arePathsHostile = fc.integer({ min: 0, max: 4 }).map((one) => one === 0);
  return arePathsHostile.chain((hostilePaths) =>
    fc.record(
      Object.fromEntries(
        Object.entries(settings).map(([name, setting]) => [setting.env, settingText(setting, { name, hostilePaths })]),
      ),
      { requiredKeys: Object.values(settings).filter(({ required }) => required).map(({ env }) => env) },
    )
  ) as fc.Arbitrary<Record<string, string>>;
}

function settingText(
  setting: Setting,
  { name, hostilePaths }: { name: string; hostilePaths: boolean },
): fc.Arbitrary<string> {
  if (setting.secret) return hostileText.map((text) => `${SECRET_MARK}${text}`);
  switch (setting.type) {
    case "directory":
    case "file":
    case "path":
      // A folder of its own for each, so that none lies in another.
      return hostilePaths ? hostileText.map((text) => `/${name}/${text}x`) : fc.constant(`/${name}/place`);
    case "integer":
      return fc.oneof(fc.integer().map(String), hostileText);
    case "boolean":
      return fc.constantFrom("true", "false", "on", "no", "maybe");
    case "object":
      return fc.oneof(
        hostileMap(fc.oneof(hostileText, longSetting)).map((map) => JSON.stringify(map)),
        hostileJsonText,
      );
    default:
      return hostileText;
  }
}

/** Ids that cannot be part of a path, or can but look as if they could not. */
const ODD_IDS = ["", ".", "..", "../x", "a/b", "\n", "__proto__", "constructor", "toString", "\ud800", "i".repeat(300)];

function target({ labels, annotations }: KnownKeys): fc.Arbitrary<LogTarget> {
  const name = fc.oneof({ weight: 20, arbitrary: hostileText }, { weight: 1, arbitrary: hugeText });
  const labelKey = fc.oneof(fc.constantFrom(...WORLD_LABELS, ...labels), hostileKey);
  const spec = fc.record({
    id: fc.oneof(
      { weight: 30, arbitrary: fc.stringMatching(/^[0-9a-f]{64}$/) },
      { weight: 1, arbitrary: fc.constantFrom(...ODD_IDS) },
      { weight: 2, arbitrary: fc.tuple(fc.nat(), hostileText).map(([n, text]) => `id-${n}-${text}`) },
    ),
    names: fc.record({ containerName: hostileText, podName: name, namespace: hostileText, podUid: hostileText }),
    image: fc.option(hostileText, { nil: undefined }),
    labels: fc.array(fc.tuple(labelKey, name), { maxLength: 8 }).map((pairs) => Object.fromEntries(pairs)),
    others: hostileMap(fc.oneof(hostileText, hostileJsonText), 3),
    layout: fc.constantFrom("json-file" as const, "cri" as const),
    folder: fc.oneof(
      { weight: 30, arbitrary: fc.constant("shop_web_1/app") },
      { weight: 2, arbitrary: hostileText },
      { weight: 1, arbitrary: fc.constantFrom("../../../etc", "..", "../podsx", "./a", "a//b") },
    ),
    clusterEnvironment: hostileText,
    // Nothing, what the program reads from annotations, or what only the types forbid.
    wishes: fc.oneof(fc.constant("none" as const), fc.constant("read" as const), directWishes),
  });
  return spec.chain((made) => {
    const { containerName } = made.names;
    const structured = fc.record(
      Object.fromEntries(
        Object.entries(annotations).map(([key, item]) => [key, hostileAnnotation(containerName, item)]),
      ),
      { requiredKeys: [] },
    );
    const wished = made.wishes === "read" ? wishAnnotations(containerName) : fc.constant({});
    return fc.tuple(structured, wished).map(([some, more]) => toTarget(made, { ...some, ...more } as Texts));
  });
}

type Texts = Record<string, string>;

const EVERYTHING = [readAttributeChoice("*")!];
const READER = new HintReader({
  vocabularies: await loadVocabularies(VOCABULARY_NAMES),
  attributeLabels: EVERYTHING,
  attributeAnnotations: EVERYTHING,
});

function toTarget(made: {
  id: string;
  names: { containerName: string; podName: string; namespace: string; podUid: string };
  image: string | undefined;
  labels: Record<string, string>;
  others: Record<string, string>;
  layout: "json-file" | "cri";
  folder: string;
  clusterEnvironment: string;
  wishes: "none" | "read" | DirectWishes;
}, structured: Texts): LogTarget {
  const { id, names, image, layout, clusterEnvironment } = made;
  const root = layout === "cri" ? LOG_ROOTS[1] : LOG_ROOTS[0];
  const container = {
    key: id,
    layout: layout === "cri" ? "cri" as const : "docker" as const,
    id,
    ...names,
    restart: 0,
    logPath: `${root}/${made.folder.replaceAll("\0", "")}/0.log`,
    logFormat: layout,
    image,
  };
  const pod = {
    uid: names.podUid,
    name: names.podName,
    namespace: names.namespace,
    labels: made.labels,
    annotations: { ...made.others, ...structured },
    containers: [],
    configHash: undefined,
  };
  const wishes = made.wishes === "none"
    ? NO_CONTAINER_HINTS
    : made.wishes === "read"
    ? READER.read({ ...names, pod })
    : { ...NO_CONTAINER_HINTS, ...made.wishes };
  return makeTarget(container, { id, pod, wishes, clusterEnvironment });
}
