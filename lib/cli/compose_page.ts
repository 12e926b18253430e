/**
 * What the preview page shows: the node, what each agent renders for it, and what changes with each save.
 *
 * @module
 */
import type { AgentConfig } from "../config/config.ts";
import type { Joined } from "../join/join.ts";
import { targetsFor } from "../join/targets_for.ts";
import type { PageContainerDetails, PageFile, PagePod, PageState, PodEdit, Save, Trial } from "../page/page_content.ts";
import type { Pod } from "../pods/pod.ts";
import type { AgentHost } from "../render/agent_host.ts";
import { AgentRenderer } from "../render/agent_renderer.ts";
import { logRootsOf } from "./agent_places.ts";
import type { ConfiguredAgents, PageOptions, PageView } from "./commands.ts";
import { joinSubject, type NodeSubject, subjectOf } from "./node_subject.ts";
import { laneChanges, nextLane, type PageLane, renderLane } from "./page_lane.ts";
import { pageState } from "./page_state.ts";
import { detailsOf, tryEdit } from "./page_trial.ts";
import { rulesOf } from "./rules_of.ts";
import { SecretMark } from "./secret_mark.ts";

/** Looks at the node and renders all agents. */
export async function openPage(
  configured: ConfiguredAgents,
  options: PageOptions,
  host: AgentHost,
): Promise<PageView> {
  const { signal, source } = options;
  const subject = await subjectOf(configured.config, { source, signal });
  const view = new NodePage({ configured, options, host, subject });
  await view.render();
  return view;
}

interface Parts {
  readonly configured: ConfiguredAgents;
  readonly options: PageOptions;
  readonly host: AgentHost;
  readonly subject: NodeSubject;
}

class NodePage implements PageView {
  readonly #options: PageOptions;
  readonly #host: AgentHost;
  readonly #mark = new SecretMark();
  /** Why folders could not be taken in as they were saved last, by agent. */
  readonly #broken = new Map<string, string>();
  #configured: ConfiguredAgents;
  #subject: NodeSubject;
  #joined: Joined;
  #lanes: readonly PageLane[] = [];
  #pods: ReadonlyMap<string, Pod> = new Map();
  #error: string | undefined;
  #revision = 0;
  #save: Save | undefined;
  #state: PageState | undefined;
  /** Renderings do not overlap. */
  #queue: Promise<unknown> = Promise.resolve();

  constructor({ configured, options, host, subject }: Parts) {
    this.#configured = configured;
    this.#options = options;
    this.#host = host;
    this.#subject = subject;
    this.#joined = joinSubject(subject, configured.config);
  }

  get folders(): readonly string[] {
    return this.#lanes.map(({ folder }) => folder);
  }

  isBehind(): boolean {
    return this.#lanes.some(({ name }) => this.#host.changed(name));
  }

  refresh(): Promise<Save> {
    return this.#inTurn(() => this.#refresh());
  }

  state(): PageState {
    return this.#state ??= this.#mark.reveal(pageState({
      config: this.#configured.config,
      subject: this.#subject,
      joined: this.#joined,
      lanes: this.#lanes,
      revision: this.#revision,
      error: this.#error,
      save: this.#save,
    }));
  }

  files(agent: string): readonly PageFile[] | undefined {
    const lane = this.#laneOf(agent);
    const keys = new Map([...this.#joined.memory.values()].map(({ target, container }) => [target?.id, container.key]));
    const files = (lane?.rendered?.files ?? []).map(({ path, kind, target, mode, contents }): PageFile => ({
      path,
      kind,
      ...keyOf(path, keys),
      ...(target === undefined ? {} : { target }),
      ...(mode === undefined ? {} : { mode }),
      length: contents?.length ?? 0,
    }));
    return lane && this.#mark.reveal(files);
  }

  contents(agent: string, path: string): string | undefined {
    const file = this.#laneOf(agent)?.rendered?.files.find((one) => one.path === path);
    return file && this.#mark.reveal(file.kind === "link" ? file.target ?? "" : file.contents ?? "");
  }

  container(key: string): PageContainerDetails | undefined {
    const known = this.#joined.memory.get(key)?.container;
    if (!known) return undefined;
    const wanted = `${known.namespace}/${known.podName}/${known.containerName}`;
    const some = detailsOf(
      { config: this.#configured.config, subject: this.#subject, joined: this.#joined, lanes: this.#lanes },
      wanted,
    );
    return this.#mark.reveal(some.find((one) => one.key === key));
  }

  pod(uid: string): PagePod | undefined {
    const pod = this.#pods.get(uid);
    return pod && { uid, namespace: pod.namespace, name: pod.name, labels: pod.labels, annotations: pod.annotations };
  }

  async try(edit: PodEdit, signal: AbortSignal): Promise<Trial | undefined> {
    return await this.#inTurn(async () => {
      const pod = this.#pods.get(edit.uid);
      if (!pod || signal.aborted) return undefined;
      const scope = {
        config: this.#configured.config,
        subject: this.#subject,
        joined: this.#joined,
        lanes: this.#lanes,
        revision: this.#revision,
        signal: this.#options.signal,
      };
      return this.#mark.reveal(await tryEdit(pod, edit, scope));
    });
  }

  /** Renders all agents with what is there now. */
  async render(): Promise<void> {
    const { config, failed } = this.#configured;
    const lanes = await Promise.all([
      ...config.agents.map((agent) => this.#renderAgent(agent)),
      ...failed.map(({ name, folder, error }): PageLane => ({
        ...this.#laneOf(name) ??
          { name, folder, summary: "", agent: undefined, rendered: undefined, baseline: undefined },
        error: error.message,
      })),
    ]);
    this.#lanes = lanes.toSorted((a, b) => a.name < b.name ? -1 : 1);
    const pods = [...this.#joined.memory.values()].flatMap(({ pod }) => pod ?? []);
    this.#pods = new Map(pods.map((pod) => [pod.uid, pod]));
    this.#state = undefined;
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#queue.then(work);
    this.#queue = turn.catch(() => {});
    return await turn;
  }

  async #refresh(): Promise<Save> {
    const before = new Map(this.#lanes.map((lane) => [lane.name, lane]));
    for (const { name } of this.#lanes) await this.#takeFolder(name);
    this.#error = await this.#takeConfiguration() ?? await this.#lookAtNode();
    this.#joined = joinSubject(this.#subject, this.#configured.config);
    await this.render();
    const changes = this.#lanes.map((lane) => laneChanges(before.get(lane.name), lane));
    this.#revision++;
    this.#save = {
      revision: this.#revision,
      agents: changes.filter(({ files }) => files.length > 0),
      failing: this.#lanes.filter(({ error, rendered }) => error !== undefined || isRefusing(rendered)).map((one) =>
        one.name
      ),
    };
    return this.#mark.reveal(this.#save);
  }

  /** @returns What went wrong; then the configuration is as it was. */
  async #takeConfiguration(): Promise<string | undefined> {
    try {
      this.#configured = await this.#options.reconfigure();
      return undefined;
    } catch (error) {
      return `The configuration is not usable, that of before stays: ${(error as Error).message}`;
    }
  }

  /** @returns What went wrong; then the node is shown as it was seen last. */
  async #lookAtNode(): Promise<string | undefined> {
    try {
      this.#subject = await subjectOf(this.#configured.config, this.#options);
      return undefined;
    } catch (error) {
      return `The node cannot be looked at, it is shown as it was: ${(error as Error).message}`;
    }
  }

  async #takeFolder(name: string): Promise<void> {
    if (!this.#host.changed(name)) return;
    try {
      await this.#host.reload(name);
      this.#broken.delete(name);
    } catch (error) {
      this.#broken.set(name, (error as Error).message);
    }
  }

  async #renderAgent(agent: AgentConfig): Promise<PageLane> {
    const { name, folder, summary } = agent.description;
    const before = this.#laneOf(name);
    const lane = { name, folder, summary, agent, baseline: before?.baseline };
    const error = this.#broken.get(name);
    // With what could not be taken in, the agent is as it was.
    if (error !== undefined && before) return { ...before, error };
    try {
      const { config } = this.#configured;
      const options = {
        ...await this.#host.open(name, folder),
        node: this.#subject.node,
        settings: this.#mark.settingsOf(agent),
        logRoots: logRootsOf(config),
      };
      const targets = targetsFor(name, this.#joined.targets, rulesOf(config));
      return nextLane(lane, await renderLane(new AgentRenderer(options), targets, this.#options.signal));
    } catch (error) {
      return { ...lane, rendered: before?.rendered, error: (error as Error).message };
    }
  }

  #laneOf(name: string): PageLane | undefined {
    return this.#lanes.find((lane) => lane.name === name);
  }
}

/** Finds the container in whose name a file is: the id is in its path. */
function keyOf(path: string, keys: ReadonlyMap<string | undefined, string>): Pick<PageFile, "container"> {
  const key = path.match(/[0-9a-f]{64}/g)?.map((id) => keys.get(id)).find((one) => one !== undefined);
  return key === undefined ? {} : { container: key };
}

function isRefusing(rendered: PageLane["rendered"]): boolean {
  return (rendered?.rendering.refused.length ?? 0) > 0;
}
