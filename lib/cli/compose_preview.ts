/**
 * Renders everything once, for people to look at; writes nothing of what it renders.
 *
 * @module
 */
import { basename, dirname } from "node:path";
import type { AgentConfig, Config } from "../config/config.ts";
import type { Discovery } from "../discover/container.ts";
import type { Joined } from "../join/join.ts";
import { targetsFor } from "../join/targets_for.ts";
import type { AgentHost } from "../render/agent_host.ts";
import { AgentRenderer } from "../render/agent_renderer.ts";
import type { Rendered, Rendering } from "../render/rendered.ts";
import { hintWords } from "../render/unexpressed.ts";
import { logRootsOf } from "./agent_places.ts";
import type { PreviewAgent, PreviewContainer, PreviewFile, PreviewOptions, PreviewResult } from "./commands.ts";
import { compareWithDisk, formatMode } from "./compare_with_disk.ts";
import { joinSubject, subjectOf } from "./node_subject.ts";
import { rulesOf } from "./rules_of.ts";
import { SecretMark } from "./secret_mark.ts";

/** Renders all agents of the configuration. */
export async function preview(config: Config, options: PreviewOptions, host: AgentHost): Promise<PreviewResult> {
  const subject = await subjectOf(config, options);
  const joined = joinSubject(subject, config);
  const mark = new SecretMark();
  const agents: PreviewAgent[] = [];
  const failed = new Map<string, string>();
  for (const agent of config.agents) {
    const { name, folder } = agent.description;
    const { description, sandbox } = host.changed(name) ? await host.reload(name) : await host.open(name, folder);
    const renderer = new AgentRenderer({
      description,
      sandbox,
      node: subject.node,
      settings: mark.settingsOf(agent),
      logRoots: logRootsOf(config),
    });
    const rendering = await renderer.render(targetsFor(name, joined.targets, rulesOf(config)));
    for (const { targetId, reason } of rendering.refused) failed.set(targetId, reason);
    agents.push(await previewAgent(agent, { rendering, joined, config, mark, isDiff: options.diff }));
  }
  const containers = previewContainers(subject.discovery, { joined, failed });
  const problems = joined.problems.map(({ kind, text }) => ({ kind, text }));
  return mark.reveal({ agents, containers, problems, source: subject.source });
}

async function previewAgent(
  agent: AgentConfig,
  { rendering, joined, config, mark, isDiff }: {
    rendering: Rendering;
    joined: Joined;
    config: Config;
    mark: SecretMark;
    isDiff: boolean;
  },
): Promise<PreviewAgent> {
  const names = new Map(
    joined.targets.map((
      { id, pod, container },
    ) => [id, { pod: `${pod.namespace}/${pod.name}`, container: container.name }]),
  );
  const files = rendering.wanted.map(previewFile);
  return {
    name: agent.description.name,
    files: isDiff ? await compareWithDisk(files, { agent, config, mask: mark.text, wanted: rendering.wanted }) : files,
    refused: rendering.refused.map(({ targetId, reason }) => ({ pod: names.get(targetId)?.pod ?? targetId, reason })),
    warnings: rendering.warnings.map(({ targetId, subject, expected }) => {
      const { pod, container } = names.get(targetId) ?? { pod: targetId, container: "" };
      return `${subject} of ${pod}, container ${container}, is not usable and its default is taken; expected: ${expected}`;
    }),
    unexpressed: rendering.unexpressed.map(({ targetId, hint, reason }) => ({
      ...names.get(targetId) ?? { pod: targetId, container: "" },
      hint: hintWords(hint),
      reason,
    })),
  };
}

/** Shows what is to be written. */
export function previewFile(item: Rendered): PreviewFile {
  if (item.kind === "link") return { path: item.path, kind: "link", target: item.target };
  return { path: item.path, kind: "file", contents: item.contents, mode: formatMode(item.mode) };
}

function previewContainers(
  discovery: Discovery,
  { joined, failed }: { joined: Joined; failed: ReadonlyMap<string, string> },
): PreviewContainer[] {
  const found = joined.statuses.map(
    ({ key, namespace, podName, containerName, state, reason, targetId }): PreviewContainer => {
      const failure = targetId === undefined ? undefined : failed.get(targetId);
      return {
        key,
        pod: `${namespace}/${podName}`,
        container: containerName,
        state: failure === undefined ? state : "failed",
        reason: failure ?? (state === "collected" ? "" : reason),
      };
    },
  );
  const others = discovery.notFollowed.map(({ key, path, reason }): PreviewContainer => ({
    key,
    pod: basename(dirname(path)) === "containers" ? basename(path) : path,
    container: "",
    state: "not-followed",
    reason,
  }));
  return [...found, ...others];
}
