/**
 * The promise about agents: whatever the values, what is written is what the templates say, with the values in it and nothing else.
 *
 * @module
 */
import assert from "node:assert/strict";
import { normalize } from "node:path";
import { resolveAgent } from "../../lib/config/agent_settings.ts";
import type { LogTarget, NodeContext } from "../../lib/join/log_target.ts";
import type { FileOutput } from "../../lib/render/agent.ts";
import type { OpenAgent } from "../../lib/render/agent_host.ts";
import { AgentRenderer } from "../../lib/render/agent_renderer.ts";
import type { Rendering } from "../../lib/render/rendered.ts";
import { holds } from "../../lib/render/runtime/condition.ts";
import { type Expectation, EXPECTATIONS, UNKNOWN_AGENT, type View } from "./agent_expectations.ts";
import { benignNode, benignSettings, benignTargets } from "./benign_twin.ts";
import { fileOf, hasOwnPath, isNodeFile } from "./file_of_target.ts";
import { keyStructure, texts } from "./key_structure.ts";
import { knownForm } from "./known_form.ts";
import { lossy } from "./lossy.ts";
import { parserOf } from "./parse_file.ts";
import { assertRefusals, isRefused } from "./refusals.ts";
import { type Property, property } from "./property.ts";
import { LOG_ROOTS, type Scene, scenes, SECRET_MARK } from "./scene.ts";

type Settings = Readonly<Record<string, unknown>>;

/** Makes the property of one agent; all scenes are rendered by one child process. */
export function agentProperty(agent: OpenAgent): Property {
  const { description } = agent;
  const expectation = Object.hasOwn(EXPECTATIONS, description.name) ? EXPECTATIONS[description.name]! : UNKNOWN_AGENT;
  return property<Scene>({
    name:
      `agent ${description.name} writes hostile values as values, leaves its places by no path, and refuses with a reason`,
    subject: "agents",
    label: `agent ${description.name}`,
    arbitrary: scenes(description, expectation.known),
    casesIn: ({ targets }) => targets.length,
    inRound: 5,
    check: (scene) => new SceneCheck(agent, { scene, expectation }).run(),
  });
}

/** One scene, rendered and looked at. */
class SceneCheck {
  readonly #agent: OpenAgent;
  readonly #scene: Scene;
  readonly #expectation: Expectation;

  constructor(agent: OpenAgent, { scene, expectation }: { scene: Scene; expectation: Expectation }) {
    this.#agent = agent;
    this.#scene = scene;
    this.#expectation = expectation;
  }

  async run() {
    const { targets, node } = this.#scene;
    const { name, outputs } = this.#agent.description;
    const settings = await this.#settings();
    const isNodeOnly = Object.values(outputs).filter(({ onlyIf }) => holds(onlyIf, settings))
      .every((output) => "template" in output && output.each === "node");
    const rendering = await this.#render(targets, { settings, node });
    const refusesAll = this.#expectation.refusesAll?.(settings) ?? false;
    assertRefusals(rendering, { targets, refusesAll, agent: name, isNodeOnly });
    assertNoSecret(rendering);
    const taken = targets.filter((target) => !isRefused(rendering, target));
    this.#assertPlaces(rendering, { settings, taken });
    const views = this.#views(rendering, { settings, node, targets: taken });
    for (const view of views) if (hasOwnPath(view.target)) this.#expectation.check(view);
    await this.#compareWithTwin(rendering, { settings, views, taken });
  }

  /** Resolves the settings as the program does; where the operator is told of mistakes, the mistakes are left out. */
  async #settings(): Promise<Settings> {
    const { description } = this.#agent;
    const readTextFile = () => Promise.reject(new Error("Not read"));
    const resolve = (env: Scene["env"]) =>
      resolveAgent(description, { given: { env, flags: new Map() }, readTextFile, samples: true });
    const resolved = await resolve(this.#scene.env);
    if ("agent" in resolved) return resolved.agent.settings;
    for (const problem of resolved.problems) {
      assertSentence(problem);
      assert.ok(!problem.includes(SECRET_MARK), "A problem with the settings shows a secret");
    }
    const good = await Promise.all(
      Object.entries(this.#scene.env).map(async (
        entry,
      ) => ["agent" in await resolve(Object.fromEntries([entry])), entry]),
    );
    const kept = good.filter(([isGood]) => isGood).map(([, entry]) => entry as [string, string]);
    const again = await resolve(Object.fromEntries(kept));
    return "agent" in again ? again.agent.settings : assert.fail(`Settings are refused: ${again.problems}`);
  }

  #render(targets: readonly LogTarget[], { settings, node }: { settings: Settings; node: NodeContext }) {
    return new AgentRenderer({ ...this.#agent, settings, node, logRoots: LOG_ROOTS }).render(targets);
  }

  /** Every path is in the place of its output, every link leads to the target's log, and there are as many as there should be. */
  #assertPlaces({ wanted }: Rendering, { settings, taken }: { settings: Settings; taken: readonly LogTarget[] }) {
    const logs = new Set(taken.map(({ log }) => log.path));
    const roots = new Set(this.#places(settings));
    for (const one of wanted) {
      assert.equal(normalize(one.path), one.path);
      assert.ok(roots.has(one.root) || wanted.some(({ path }) => roots.has(path)), `Root ${one.root}`);
      assert.ok(one.path.startsWith(one.root === "/" ? "/" : `${one.root}/`), `${one.path} is not below ${one.root}`);
      if (one.kind === "link") {
        assert.ok(logs.has(one.target) && LOG_ROOTS.some((root) => one.target.startsWith(`${root}/`)));
      }
    }
    const outputs = Object.values(this.#agent.description.outputs).filter(({ onlyIf }) => holds(onlyIf, settings));
    const perNode = outputs.filter((output) => "template" in output && output.each === "node").length;
    assert.equal(wanted.length, (outputs.length - perNode) * taken.length + perNode, "Number of files and links");
    assert.equal(new Set(wanted.map(({ path }) => path)).size, wanted.length, "A path twice");
  }

  #places(settings: Settings): string[] {
    return Object.entries(this.#agent.description.settings)
      .filter(([, { type }]) => type === "directory" || type === "file").map(([name]) => String(settings[name]));
  }

  /** Sorts what was rendered by target, parsed. */
  #views(
    rendering: Rendering,
    { settings, node, targets }: { settings: Settings; node: NodeContext; targets: readonly LogTarget[] },
  ): View[] {
    const sorted = targets.toSorted((a, b) => a.id < b.id ? -1 : 1);
    const views = sorted.map((target) => ({ target, settings, node, values: new Map(), paths: new Map() }));
    const { outputs } = this.#agent.description;
    for (const [name, output] of Object.entries(outputs)) {
      if (!holds(output.onlyIf, settings)) continue;
      if ("template" in output && output.each === "node") {
        const file = this.#nodeFile(rendering, output);
        const list = output.list === "" ? file : file?.[output.list ?? ""];
        if (output.list === undefined || !Array.isArray(list)) continue;
        assert.equal(list.length, targets.length, "Number of elements");
        views.forEach((view, index) => view.values.set(name, list[index]));
        continue;
      }
      const kind = "template" in output ? "file" : "link";
      for (const view of views) {
        const file = fileOf(rendering, { kind, target: view.target, among: outputs, output });
        if (!file) continue;
        view.paths.set(name, file.path);
        if (file.kind === "file" && "template" in output) {
          view.values.set(name, this.#parserOf(output)(file.contents));
        }
      }
    }
    return views;
  }

  #parserOf(output: FileOutput) {
    return parserOf(output, { description: this.#agent.description, expectation: this.#expectation });
  }

  #nodeFile({ wanted }: Rendering, output: FileOutput): Record<string, unknown> | undefined {
    const ending = /[^{}/]*$/.exec(output.path)![0];
    const files = wanted.filter((one) =>
      one.kind === "file" && isNodeFile(one, this.#scene.targets) && one.path.endsWith(ending)
    );
    const file = files.length === 1 ? files[0] : undefined;
    if (file?.kind !== "file") return undefined;
    return this.#parserOf(output)(file.contents) as Record<string, unknown> | undefined;
  }

  /** Renders the harmless twin: no key is there that the twin or a known form does not have, and where a whole text of the twin stands, the hostile one does. */
  async #compareWithTwin(
    rendering: Rendering,
    { settings, views, taken }: { settings: Settings; views: readonly View[]; taken: readonly LogTarget[] },
  ) {
    const { targets, standsFor } = benignTargets(taken);
    const scene = { settings: benignSettings(settings, this.#agent.description), node: benignNode(this.#scene.node) };
    const twin = await this.#render(targets, scene);
    const known = await knownForm(this.#agent, this.#expectation);
    this.#assertKeys(rendering, { twin, known });
    const twins = new Map(this.#views(twin, { ...scene, targets }).map((view) => [view.target.id, view]));
    for (const { target, values } of views) {
      if (!hasOwnPath(target)) continue;
      for (const [output, value] of values) {
        const found = texts(value);
        for (const [place, text] of texts(twins.get(target.id)?.values.get(output))) {
          const hostile = standsFor.get(text);
          const actual = found.get(place);
          if (hostile === undefined || actual === undefined) continue;
          assert.ok(
            actual === lossy(hostile),
            `${output}${place} is ${JSON.stringify(actual)}, not ${JSON.stringify(hostile)}`,
          );
        }
      }
    }
  }

  #assertKeys(rendering: Rendering, { twin, known }: { twin: Rendering; known: ReadonlySet<string> }) {
    const { outputs } = this.#agent.description;
    for (const output of Object.values(outputs)) {
      if (!("template" in output)) continue;
      const parse = this.#parserOf(output);
      const harmless = structureOf(twin, { output, parse });
      const strange = [...structureOf(rendering, { output, parse })]
        .filter((place) => !harmless.has(place) && !known.has(place));
      assert.deepEqual(strange.slice(0, 5), [], "Keys that the template does not have");
    }
  }
}

/** Lists the keys of all files of an output. */
function structureOf(
  { wanted }: Rendering,
  { output, parse }: { output: FileOutput; parse: (text: string) => unknown },
): Set<string> {
  const places = new Set<string>();
  const ending = /[^{}/]*$/.exec(output.path)![0];
  for (const one of wanted) {
    if (one.kind !== "file" || !one.path.endsWith(ending)) continue;
    for (const place of keyStructure(parse(one.contents))) places.add(place);
  }
  return places;
}

function assertNoSecret({ refused, warnings, unexpressed }: Rendering) {
  assert.ok(
    !JSON.stringify([refused, warnings, unexpressed]).includes(SECRET_MARK),
    "A refusal or warning shows a secret",
  );
}

/** Throws unless a text is one line that a terminal can show. */
function assertSentence(text: string) {
  assert.match(text, /^[^\p{Cc}\u2028-\u202e\u2066-\u2069]{10,4000}$/u, "No sentence");
}
