import assert from "node:assert/strict";
import { checkDescription } from "../../lib/render/check_description.ts";

const DEST = { env: "WATCHER_SHIPPER_DEST", type: "directory", help: "Where files go", required: true };
const FILE = { template: "file.eta", format: "json", each: "container", path: "{dest}/{id}.json" };
const AGENT = { name: "shipper", folder: "/agents/shipper" };

function check({ settings = {}, outputs = { file: FILE }, ...rest }: Record<string, unknown> = {}) {
  return checkDescription(
    { summary: "A shipper", settings: { dest: DEST, ...settings as object }, outputs, ...rest },
    AGENT,
  );
}

Deno.test("a good description gets its defaults", () => {
  assert.deepEqual(check(), {
    ...AGENT,
    summary: "A shipper",
    settings: { dest: { ...DEST, secret: false } },
    outputs: { file: { ...FILE, mode: 0o640 } },
    minSecondsBetweenWrites: 0.25,
    languages: {},
    expresses: [],
  });
});

Deno.test("an output may be in a language of the agent's own, and a list in it is counted when it can be read back", () => {
  const outputs = { file: { ...FILE, format: "dollars", each: "node", path: "{dest}/all.yml", list: "" } };
  assert.equal(check({ outputs, languages: { dollars: "yaml" } }).languages.dollars, "yaml");
  assert.throws(() => check({ outputs, languages: { dollars: "text" } }), /list, which is for .* formats that parse/);
  assert.throws(() => check({ outputs }), /has format "dollars", must be json, yaml or text, or one of the agent's/);
});

Deno.test("variables may start with a shortened name of the agent, as WATCHER_SYMLINK_DIR of symlinker does", () => {
  const settings = { dir: { env: "WATCHER_SYMLINK_DIR", type: "directory", help: "x" } };
  const outputs = { log: { link: "{dir}/{id}.log" } };
  const description = { summary: "Links", settings, outputs };
  assert.equal(
    checkDescription(description, { name: "symlinker", folder: "/x" }).settings.dir?.env,
    "WATCHER_SYMLINK_DIR",
  );
  assert.throws(
    () => checkDescription(description, { name: "shipper", folder: "/x" }),
    /must start with WATCHER_SHIPPER_/,
  );
});

Deno.test("a default place is fine in a folder named after the agent", () => {
  const file = { env: "WATCHER_SHIPPER_FILE", type: "file", help: "x", default: "/etc/shipper-2/agent.json" };
  assert.equal(check({ settings: { file } }).settings.file?.default, "/etc/shipper-2/agent.json");
});

const setting = (change: object) => ({
  settings: { a: { env: "WATCHER_SHIPPER_A", type: "string", help: "x", ...change } },
});
const output = (change: object) => ({ outputs: { file: { ...FILE, ...change } } });

const REFUSED: readonly (readonly [string, Record<string, unknown>, RegExp])[] = [
  ["no summary", { summary: " " }, /: summary must be one line of text/],
  ["a summary of two lines", { summary: "a\nb" }, /: summary must be one line of text/],
  ["a negative pause", { minSecondsBetweenWrites: -1 }, /: minSecondsBetweenWrites must be a number from 0 to 3600$/],
  ["a hint that there is not", { expresses: ["colour"] }, /: expresses must be a list with some of parser, multiline,/],
  ["a language without write", { languages: { mine: null } }, /: languages\.mine must have write, a function/],
  ["a language named as a built-in one", { languages: { json: "text" } }, /: languages\.json must have a name of/],
  ["settings that are a list", { settings: undefined, outputs: [] }, /: outputs must be an object$/],
  ["no outputs", { outputs: {} }, /: outputs must have at least one output$/],
  ["an unknown key", setting({ options: [] }), /: settings\.a has the unknown key "options"; known are env, type,/],
  [
    "a variable of another form",
    setting({ env: "PATH" }),
    /: settings\.a must have env, an environment variable WATCHER_/,
  ],
  ["a variable without a name", setting({ env: "WATCHER_SHIPPER" }), /: settings\.a must have env/],
  [
    "a foreign variable",
    setting({ env: "WATCHER_SCALYR_API_KEY" }),
    /: settings\.a has env WATCHER_SCALYR_API_KEY, which is not/,
  ],
  [
    "one variable twice",
    setting({ env: "WATCHER_SHIPPER_DEST" }),
    /: settings\.a has env WATCHER_SHIPPER_DEST, as settings\.dest has$/,
  ],
  ["an unknown type", setting({ type: "float" }), /: settings\.a has type "float", must be one of string, directory,/],
  ["no help", setting({ help: "" }), /: settings\.a must have help/],
  [
    "a secret number",
    setting({ type: "integer", secret: true }),
    /: settings\.a is secret and must be of type "string"$/,
  ],
  [
    "a secret with a default",
    setting({ secret: true, default: "x" }),
    /: settings\.a is secret and must not have a default$/,
  ],
  [
    "a default of another type",
    setting({ type: "integer", default: "5" }),
    /: settings\.a has a default that is no integer$/,
  ],
  ["a relative default path", setting({ type: "path", default: "a" }), /: settings\.a has a default that is no path$/],
  ["a sample of another type", setting({ sample: 5 }), /: settings\.a has a sample that is no string$/],
  [
    "a default place elsewhere",
    setting({ type: "file", default: "/etc/passwd" }),
    /: settings\.a has the default "\/etc\/passwd", which is not in/,
  ],
  [
    "an unknown format",
    output({ format: "toml" }),
    /: outputs\.file has format "toml", must be json, yaml or text, or one of the agent's languages$/,
  ],
  ["an unknown each", output({ each: "pod" }), /: outputs\.file has each "pod", must be "container" or "node"$/],
  ["an executable file", output({ mode: 0o755 }), /: outputs\.file has mode 0o755, must be within 0o664/],
  [
    "a file per container without id",
    output({ path: "{dest}/a" }),
    /: outputs\.file is made once per container and must have \{id\} in its path$/,
  ],
  [
    "a file per node with a name",
    output({ each: "node" }),
    /: outputs\.file is rendered once per node and cannot have \{names\} in its path$/,
  ],
  ["a list in a file per container", output({ list: "logs" }), /: outputs\.file has list, which is for each: "node"/],
  [
    "a link with a mode",
    { outputs: { file: { link: "{dest}/{id}", mode: 0o640 } } },
    /: outputs\.file has the unknown key "mode"; known are link, to, onlyIf$/,
  ],
  [
    "a link to no field",
    { outputs: { file: { link: "{dest}/{id}", to: "a b" } } },
    /: outputs\.file must have the name of a context field in to$/,
  ],
];

for (const [what, change, message] of REFUSED) {
  Deno.test(`a description with ${what} is refused by name of agent, file and place`, () => {
    assert.throws(() => check(change), (error: Error) => {
      assert.equal(error.name, "AgentContractError");
      assert.match(error.message, /^Agent shipper \(\/agents\/shipper\/context\.ts\): /);
      assert.match(error.message, message);
      return true;
    });
  });
}

for (const value of [undefined, null, 5, "x", []]) {
  Deno.test(`${JSON.stringify(value)} is no description`, () => {
    assert.throws(() => checkDescription(value, AGENT), /: the default export must be plain data and functions$/);
  });
}
