/**
 * Tries one agent folder: in its sandbox, with the containers of the sample node, and with texts that break careless templates.
 *
 * @module
 */
import type { AgentConfig, Config } from "../config/config.ts";
import type { LogTarget } from "../join/log_target.ts";
import type { AgentHost } from "../render/agent_host.ts";
import { AgentRenderer } from "../render/agent_renderer.ts";
import type { Rendering } from "../render/rendered.ts";
import { hostileTargets } from "../sample/hostile_targets.ts";
import { logRootsOf } from "./agent_places.ts";
import type { AgentTrial } from "./commands.ts";
import { joinSubject, subjectOf } from "./node_subject.ts";
import type { NodeSnapshot } from "./node_snapshot.ts";
import { SecretMark } from "./secret_mark.ts";

/** Tries the one agent of a configuration. */
export async function checkAgent(
  config: Config,
  { snapshot }: { readonly snapshot?: NodeSnapshot | undefined } = {},
  host: AgentHost,
): Promise<AgentTrial> {
  const [agent] = config.agents;
  const subject = await subjectOf(config, { source: snapshot ?? "sample" });
  const { node } = subject;
  const { targets } = joinSubject(subject, config);
  const mark = new SecretMark();
  const settings = mark.settingsOf(agent!);
  const render = async (some: readonly LogTarget[]): Promise<Rendering> =>
    await new AgentRenderer({ ...await open(agent!, host), node, settings, logRoots: logRootsOf(config) }).render(some);
  const sample = await render(targets);
  const again = await render(targets.toReversed());
  const hostile = hostileTargets(targets);
  const tried = await render(hostile.map(({ target }) => target));
  const texts = new Map(hostile.map(({ text, target }) => [target.id, text]));
  const names = new Map(
    targets.map(({ id, pod, container }) => [id, `${pod.namespace}/${pod.name}/${container.name}`]),
  );
  return mark.reveal({
    containers: targets.length,
    files: sample.wanted.filter(({ kind }) => kind === "file").length,
    links: sample.wanted.filter(({ kind }) => kind === "link").length,
    refused: sample.refused.map(({ targetId, reason, why }) => ({
      name: names.get(targetId) ?? targetId,
      reason: why ?? reason,
    })),
    warnings: sample.warnings.map(({ targetId, subject, expected }) =>
      `${subject} of ${names.get(targetId) ?? targetId}: expected ${expected}`
    ),
    isDeterministic: JSON.stringify(sample.wanted) === JSON.stringify(again.wanted),
    hostile: {
      containers: hostile.length,
      refused: tried.refused.map(({ targetId, reason, why }) => ({
        text: texts.get(targetId) ?? targetId,
        reason: why ?? reason,
      })),
    },
  });
}

async function open(agent: AgentConfig, host: AgentHost) {
  return await host.open(agent.description.name, agent.description.folder);
}
