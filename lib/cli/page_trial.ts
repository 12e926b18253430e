/**
 * What would follow from other labels and annotations of one pod.
 *
 * @module
 */
import type { Config } from "../config/config.ts";
import { type InspectedAgent, nodeReport } from "../inspect/node_report.ts";
import type { Joined } from "../join/join.ts";
import { targetsFor } from "../join/targets_for.ts";
import { refusedByKubernetes } from "../page/kubernetes_names.ts";
import type { FieldProblem, PageContainerDetails, PodEdit, Trial } from "../page/page_content.ts";
import type { Pod, PodView } from "../pods/pod.ts";
import { originsOf } from "./explained_rules.ts";
import { joinSubject, type NodeSubject } from "./node_subject.ts";
import { changesBetween, type PageLane, remarksOf, renderLane } from "./page_lane.ts";
import { rulesOf } from "./rules_of.ts";
import { VERSION } from "./version.ts";

/** What a trial is compared with. */
export interface TrialScope {
  readonly config: Config;
  readonly subject: NodeSubject;
  readonly joined: Joined;
  readonly lanes: readonly PageLane[];
  readonly revision: number;
  readonly signal: AbortSignal;
}

type TriedLane = Pick<PageLane, "name" | "folder" | "error" | "rendered">;

/** Tries; the files of the pod and the node stay as they are. */
export async function tryEdit(pod: Pod, edit: PodEdit, scope: TrialScope): Promise<Trial> {
  const { config, subject, lanes, revision } = scope;
  const { labels, annotations } = edit;
  const edited = Object.freeze({ ...pod, labels: Object.freeze(labels), annotations: Object.freeze(annotations) });
  const joined = joinSubject({ ...subject, pods: withPod(subject.pods, edited) }, config, scope.joined.memory);
  const own = [...joined.memory.values()].filter((one) => one.pod === edited);
  const ids = new Set(own.flatMap(({ target }) => target?.id ?? []));
  const tried = await Promise.all(lanes.map((lane) => tryLane(lane, { scope, joined })));
  const agents = tried.map((lane, index) => {
    const before = lanes[index]!.rendered?.files ?? [];
    const changes = changesBetween(lane.name, { before, after: lane.rendered?.files ?? before, hasContents: true });
    return { ...remarksOf(lane, { rendering: lane.rendered?.rendering, joined, ids }), ...changes };
  });
  const said = [
    ...joined.problems.filter(({ podUid }) => podUid === pod.uid).map(({ text }) => text),
    ...tried.flatMap(({ name, rendered }) =>
      (rendered?.rendering.warnings ?? []).filter(({ targetId }) => ids.has(targetId))
        .map(({ subject, expected }) => `${subject} is not usable for ${name}; expected: ${expected}`)
    ),
  ];
  const placed = said.map((text) => fieldOf(text, edit));
  return {
    revision,
    fields: [...refusedByKubernetes(edit), ...placed.filter((one) => typeof one !== "string")],
    problems: [...new Set(placed.filter((one) => typeof one === "string"))],
    containers: detailsOf({ config, subject, joined, lanes: tried }, `${pod.namespace}/${pod.name}`),
    agents,
  };
}

/** Puts one pod in the place of that with its uid. */
function withPod(pods: PodView, edited: Pod): PodView {
  return {
    hasSynced: pods.hasSynced,
    find(uid, namespace, name) {
      const pod = pods.find(uid, namespace, name);
      return pod?.uid === edited.uid ? edited : pod;
    },
  };
}

async function tryLane(
  lane: PageLane,
  { scope: { config, signal }, joined }: { readonly scope: TrialScope; readonly joined: Joined },
): Promise<TriedLane> {
  const { rendered } = lane;
  if (!rendered) return lane;
  const targets = targetsFor(lane.name, joined.targets, rulesOf(config));
  const { renderer } = rendered;
  const known = new Set(rendered.targets);
  const edited = new Set(targets.flatMap((target) => known.has(target) ? [] : target.id));
  try {
    const tried = await renderLane(renderer, targets, signal);
    if (!tried.rendering.refused.some(({ targetId }) => edited.has(targetId))) return { ...lane, rendered: tried };
    // What cannot be rendered keeps its last version, as it would with a watcher: not that of an earlier trial, but that which is there.
    await renderer.render(rendered.targets, { signal });
    return { ...lane, rendered: await renderLane(renderer, targets, signal) };
  } catch (error) {
    return { ...lane, error: (error as Error).message };
  }
}

/** Tells all that `explain` tells of some containers. */
export function detailsOf(
  { config, subject, joined, lanes }: {
    readonly config: Config;
    readonly subject: NodeSubject;
    readonly joined: Joined;
    readonly lanes: readonly TriedLane[];
  },
  wanted: string,
): readonly PageContainerDetails[] {
  const agents = lanes.map(({ name, error, rendered }): InspectedAgent => ({ name, failure: error ?? "", rendered }));
  const known = { discovery: subject.discovery, joined, since: new Map<string, number>(), agents };
  const about = { program: VERSION, isRunning: false, node: subject.node.name, api: subject.source };
  const origins = originsOf(config, subject.hints);
  const { containers } = nodeReport({ ...about, ...known, origins, hasPods: subject.pods.hasSynced }, wanted);
  const failed = failedTargets(lanes);
  return containers.map((one) => {
    const reason = failed.get(one.id);
    return reason === undefined ? one : { ...one, state: "failed", reason };
  });
}

/** Gives the reason for each target that an agent refuses; that agent is named, the target is not. */
export function failedTargets(lanes: readonly Pick<PageLane, "name" | "rendered">[]): ReadonlyMap<string, string> {
  return new Map(
    lanes.flatMap(({ name, rendered }) =>
      (rendered?.rendering.refused ?? []).map(({ targetId, reason }) => {
        const [, why] = /^Agent \S+ cannot render \S+: (.*)$/s.exec(reason) ?? [];
        return [targetId, why === undefined ? reason : `${name}: ${why}`] as const;
      })
    ),
  );
}

/** Finds the field that a text is about: the longest key that it names. */
function fieldOf(text: string, { labels, annotations }: PodEdit): FieldProblem | string {
  const keys = [
    ...Object.keys(annotations).map((key) => ({ field: "annotations" as const, key })),
    ...Object.keys(labels).map((key) => ({ field: "labels" as const, key })),
  ];
  const named = keys.filter(({ key }) => key !== "" && names(text, key)).sort((a, b) => b.key.length - a.key.length)[0];
  return named ? { ...named, text } : text;
}

function names(text: string, key: string): boolean {
  return new RegExp(`(?<![\\w./-])${RegExp.escape(key)}(?![\\w/-])`).test(text);
}
