/**
 * The spine: one level-triggered pass over the stages, in the order of the folders beside this one.
 *
 *     discover -> pods -> join            once per pass: what is on this node
 *     render -> plan -> write             per agent: what its shipper is told of it
 *
 * @module
 */
import type { CheckedRendering } from "../apply/checked_renderer.ts";
import type { Discoverer } from "../discover/discover.ts";
import { join, type Joined, type JoinMemory } from "../join/join.ts";
import type { LogTarget } from "../join/log_target.ts";
import type { Rules } from "../join/rules.ts";
import type { HintReader } from "../hints/hint_reader.ts";
import type { Discovery } from "../discover/container.ts";
import type { PodView } from "../pods/pod.ts";
import type { AgentRenderer } from "../render/agent_renderer.ts";
import type { Rendering } from "../render/rendered.ts";
import type { Applied, Writer } from "../write/writer.ts";

/** Where a pass reads from. */
export interface NodeView {
  readonly discoverer: Pick<Discoverer, "scan">;
  readonly pods: PodView;
  readonly rules: Rules;
  readonly hints: Pick<HintReader, "read" | "epoch">;
  readonly clusterEnvironment: string;
  readonly adjust?: ((target: LogTarget) => LogTarget) | undefined;
  readonly waitMs: number;
  readonly graceMs: number;
}

/** What a pass found on the node. */
export interface Observation {
  readonly discovery: Discovery;
  readonly joined: Joined;
}

/** Looks at disk and pods and joins them. */
export function observe(
  view: NodeView,
  { memory, last, nowMs }: { memory: JoinMemory; last?: Joined | undefined; nowMs: number },
): Observation {
  const discovery = view.discoverer.scan();
  const joined = join({ ...view, discovery, memory, last, nowMs });
  return { discovery, joined };
}

/** Renders an agent; what of it was checked by the shipper's own check says so. */
export interface Renders {
  render(
    ...given: Parameters<AgentRenderer["render"]>
  ): Promise<Rendering & Partial<Pick<CheckedRendering, "quarantined" | "isUnfinished">>>;
  /** Counts the checks that were made, by what they said. */
  checks?(): Readonly<Record<string, number>>;
}

/** Where one agent's part of a pass happens. */
export interface AgentOutput {
  readonly renderer: Renders;
  readonly writer: Pick<Writer, "apply">;
}

/** What one agent's part of a pass did. */
export interface Configured {
  readonly rendering: Awaited<ReturnType<Renders["render"]>>;
  readonly applied: Applied;
}

/**
 * Renders an agent and brings the disk to what it wants.
 *
 * @throws {SandboxError | CheckError} If the agent failed, or the shipper's check: its files stay as they are.
 */
export async function configure(
  output: AgentOutput,
  { targets, mayRemove, verify, signal }: {
    targets: readonly LogTarget[];
    mayRemove: boolean;
    verify: boolean;
    /** Ends what may take long. */
    signal?: AbortSignal;
  },
): Promise<Configured> {
  const rendering = await output.renderer.render(targets, signal ? { signal } : {});
  const applied = await output.writer.apply({ wanted: rendering.wanted, mayRemove, verify });
  return { rendering, applied };
}
