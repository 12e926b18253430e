/**
 * Stands for the work behind the commands: says on stdout what it was asked to do.
 *
 * @module
 */
import type { Commands, PreviewAgent, PreviewResult } from "../../lib/cli/commands.ts";
import { describeAgent, EXAMPLE } from "../config/example_agent.ts";

const LINKS = describeAgent("links", {
  dir: { env: "WATCHER_LINKS_DIR", type: "directory", help: "Folder of the links", required: true },
  deep: { env: "WATCHER_LINKS_DEEP", type: "boolean", help: "Whether to \x1b[31mnest", default: false },
});
const THIEF = describeAgent("thief", {
  key: { env: "WATCHER_EXAMPLE_API_KEY", type: "string", help: "Key of another agent" },
});
const AGENTS = new Map([EXAMPLE, LINKS, THIEF].map((agent) => [agent.name, agent]));

/** What previews show. */
export const PREVIEW: PreviewResult = {
  source: "the example node",
  agents: [{
    name: "links",
    files: [
      { path: "/links/a.log", kind: "link", target: "/var/log/pods/a/0.log", change: "created" },
      { path: "/links/a.conf", kind: "file", contents: "one\ntwo\n", mode: "0640", change: "updated", before: "one\n" },
      { path: "/links/same.conf", kind: "file", contents: "same", mode: "0640", change: "unchanged", before: "same" },
      { path: "/links/old.conf", kind: "file", change: "removed", before: "old\n" },
    ],
    refused: [],
    warnings: ["shop/a: annotation x is not JSON"],
    unexpressed: [
      { pod: "shop/a", container: "web", hint: "parser", reason: "links have none" },
      { pod: "shop/b", container: "web", hint: "parser", reason: "links have none" },
    ],
  }],
  problems: [{ kind: "invalid", text: "Annotation y of pod shop/a is not usable" }],
  containers: [
    { key: "1", pod: "shop/a", container: "web", state: "collected", reason: "" },
    { key: "2", pod: "shop/b", container: "web", state: "excluded", reason: "label team is missing" },
  ],
};

async function untilAborted(signal: AbortSignal): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<void>();
  // Keeps the process alive, as real work does.
  const timer = setInterval(() => {}, 1000);
  signal.addEventListener("abort", () => resolve());
  console.log("watching");
  await promise;
  clearInterval(timer);
  console.log("finished");
  return 0;
}

/** The double. */
export const commandDouble: Commands = {
  knownAgents: (agentsPath) =>
    Promise.resolve(
      new Map(
        [...["example", "links"], ...agentsPath.includes("/thieves") ? ["thief"] : []].map((
          name,
        ) => [name, `/agents/${name}`]),
      ),
    ),
  openPage: () => Promise.reject(new Error("Not asked for")),
  report: () => Promise.reject(new Error("Not asked for")),
  ask: () => Promise.reject(new Error("Not asked for")),
  record: () => Promise.reject(new Error("Not asked for")),
  checkAgent: () => Promise.reject(new Error("Not asked for")),
  describe: (folders) => Promise.resolve([...folders.keys()].map((name) => AGENTS.get(name)!)),
  watch(config, { once, signal }) {
    if (!once && config.node.clusterId === "wait") return untilAborted(signal);
    if (config.node.clusterId === "stubborn") return untilAborted(new AbortController().signal);
    if (config.node.clusterId === "throw") throw new TypeError("Cannot read\nsomething");
    if (config.node.clusterId === "foreseen") throw new Deno.errors.NotFound("Cannot open /x: it is not there");
    console.log(
      JSON.stringify({
        ...config,
        once,
        agents: config.agents.map(({ description, settings }) => [description.name, settings]),
      }),
    );
    return Promise.resolve(config.node.clusterId === "fail" ? 1 : 0);
  },
  preview(config, { source, diff }) {
    const shown = config.agents.map(({ description }) => description.name).join(",");
    const { clusterId } = config.node;
    const [agent] = PREVIEW.agents as [PreviewAgent];
    const refused = clusterId === "refuse" ? [{ pod: "shop/c", reason: "it throws" }] : [];
    const files = clusterId === "long" ? [{ ...agent.files[1]!, contents: "line\n".repeat(1_000_000) }] : agent.files;
    return Promise.resolve({
      ...PREVIEW,
      agents: [{ ...agent, refused, files }],
      source: `${source} ${shown}${diff ? " against the disk" : ""}`,
    });
  },
  demo(config, { keep }) {
    console.log(JSON.stringify({ ...config, keep }));
    return Promise.resolve(0);
  },
};
