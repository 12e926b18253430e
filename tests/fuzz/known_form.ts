/**
 * The keys that an agent's files have when all goes well: with and without every label, annotation and setting.
 *
 * @module
 */
import { type LogTarget, NO_HINTS } from "../../lib/join/log_target.ts";
import type { OpenAgent } from "../../lib/render/agent_host.ts";
import { AgentRenderer } from "../../lib/render/agent_renderer.ts";
import type { Expectation } from "./agent_expectations.ts";
import { keyStructure } from "./key_structure.ts";
import { parserOf } from "./parse_file.ts";
import { LOG_ROOTS } from "./scene.ts";

const known = new WeakMap<OpenAgent, Promise<ReadonlySet<string>>>();

/** Gives the keys; worked out once for each agent. */
export function knownForm(agent: OpenAgent, expectation: Expectation): Promise<ReadonlySet<string>> {
  let form = known.get(agent);
  if (!form) known.set(agent, form = render(agent, expectation));
  return form;
}

async function render(agent: OpenAgent, expectation: Expectation): Promise<ReadonlySet<string>> {
  const { known, settings = {} } = expectation;
  const places = new Set<string>();
  const { description } = agent;
  const plain = Object.fromEntries(
    Object.entries(description.settings).map((
      [name, { type, default: standard, sample }],
    ) => [name, type === "directory" || type === "file" ? `/${name}/place` : standard ?? sample]),
  );
  for (const some of [plain, { ...plain, ...settings }]) {
    const node = { name: "node-1", clusterId: "cluster-1", clusterEnvironment: "production", clusterAlias: "none" };
    const renderer = new AgentRenderer({ ...agent, settings: some, node, logRoots: LOG_ROOTS });
    const { wanted } = await renderer.render(targets(known));
    for (const one of wanted) {
      if (one.kind !== "file") continue;
      for (const output of Object.values(description.outputs)) {
        if (!("template" in output) || !one.path.endsWith(/[^{}/]*$/.exec(output.path)![0])) continue;
        for (const place of keyStructure(parserOf(output, { description, expectation })(one.contents))) {
          places.add(place);
        }
      }
    }
  }
  return places;
}

function targets({ labels, annotations }: Expectation["known"]): LogTarget[] {
  const rule = { match_expression: "x", replacement: "y", hash_salt: "z", sampling_rate: 0.5 };
  const with_ = (content: unknown) =>
    Object.fromEntries(
      Object.entries(annotations).map(([key, item]) => [key, JSON.stringify([{ container: "app", [item]: content }])]),
    );
  const words = Object.fromEntries(labels.map((key) => [key, "word"]));
  return (["json-file", "cri"] as const).flatMap((format, layout) =>
    [{}, with_("word"), with_([rule])].flatMap((notes, variant) =>
      ["", "word"].map((text, index) => ({
        id: `${layout}${variant}${index}`.padStart(64, "0"),
        log: { path: "/var/log/pods/a/b/0.log", directory: "/var/log/pods/a/b", name: "0.log", format },
        container: {
          name: "app",
          restart: 0,
          kind: "container" as const,
          imageReference: text,
          image: text,
          imageVersion: text,
        },
        pod: { uid: "uid", name: "web", namespace: "shop", labels: text === "" ? {} : words, annotations: notes },
        application: "web",
        component: text,
        environment: text || "production",
        version: text,
        release: text,
        attributes: {},
        hints: NO_HINTS,
      }))
    )
  );
}
