import assert from "node:assert/strict";
import { checkDescription } from "../../lib/render/check_description.ts";

const SETTINGS = {
  dest: { env: "WATCHER_SHIPPER_DEST", type: "directory", help: "x", required: true },
  key: { env: "WATCHER_SHIPPER_KEY", type: "string", help: "x", secret: true },
  url: { env: "WATCHER_SHIPPER_URL", type: "url", help: "x" },
  pidFile: { env: "WATCHER_SHIPPER_PID_FILE", type: "path", help: "x" },
  isWhole: { env: "WATCHER_SHIPPER_WHOLE", type: "boolean", help: "x" },
};
const FILE = { template: "file.eta", format: "json", each: "container", path: "{dest}/{id}.json" };

function check(change: Record<string, unknown>) {
  const { settings = {}, ...rest } = change;
  return checkDescription(
    { summary: "x", settings: { ...SETTINGS, ...settings as object }, outputs: { file: FILE }, ...rest },
    { name: "shipper", folder: "/agents/shipper" },
  );
}

const CHECK = {
  program: "shipperd",
  arguments: ["-t", "-c", "{main}", "{dest}"],
  main: { template: "m.eta", format: "text" },
};
const HTTP = { url: "{url}/-/reload" };
const SIGNAL = { signal: "HUP", pidFile: "{pidFile}", processes: ["shipperd"] };

Deno.test("a shipper's check gets its defaults, and the agent a setting that turns it on", () => {
  const description = check({ check: CHECK });
  assert.deepEqual(description.check, { ...CHECK, goodExitCodes: [0], timeoutSeconds: 10 });
  assert.equal(description.settings.check?.env, "WATCHER_SHIPPER_CHECK");
  assert.deepEqual(description.settings.check?.choices, ["off", "warn", "require"]);
  assert.equal(check({}).settings.check, undefined);
});

Deno.test("a shipper's reload is an HTTP request or a signal, each where the operator says", () => {
  const whole = { ...HTTP, method: "PUT", body: "{}", json: { status: 0 }, confirm: { url: "{url}/n", field: "a.b" } };
  for (const reload of [HTTP, SIGNAL, whole]) assert.deepEqual(check({ reload }).reload, reload);
});

Deno.test("a setting may be required, and an output there, only if another setting is set or not", () => {
  const path = { env: "WATCHER_SHIPPER_PATH", type: "file", help: "x", required: "!isWhole" };
  const description = check({ settings: { path }, outputs: { file: { ...FILE, onlyIf: "isWhole" } } });
  assert.equal(description.settings.path?.required, "!isWhole");
  assert.equal(description.outputs.file?.onlyIf, "isWhole");
});

const REFUSED: readonly (readonly [string, Record<string, unknown>, RegExp])[] = [
  [
    "a condition on a text",
    { outputs: { file: { ...FILE, onlyIf: "key" } } },
    /outputs\.file has onlyIf "key", must be/,
  ],
  [
    "a condition on nothing",
    { settings: { key: { ...SETTINGS.key, required: "!no" } } },
    /settings\.key has required "!no"/,
  ],
  [
    "a program with a path",
    { check: { ...CHECK, program: "/bin/sh" } },
    /check has program "\/bin\/sh", must be a bare/,
  ],
  ["a program above", { check: { ...CHECK, program: ".." } }, /check has program "\.\.", must be a bare/],
  [
    "an argument of two lines",
    { check: { ...CHECK, arguments: ["a\nb", "{main}"] } },
    /check must have arguments of one line/,
  ],
  [
    "a secret argument",
    { check: { ...CHECK, arguments: ["{key}", "{main}"] } },
    /check names the secret key in its arg/,
  ],
  [
    "an unknown setting in arguments",
    { check: { ...CHECK, arguments: ["{no}"] } },
    /check names the setting no in its/,
  ],
  [
    "a main file that is not given on",
    { check: { ...CHECK, arguments: ["x"] } },
    /check must have \{main\} in its arg/,
  ],
  [
    "a check of hours",
    { check: { ...CHECK, timeoutSeconds: 3600 } },
    /check must have a number above 0 and at most 120/,
  ],
  ["a setting named check", {
    check: CHECK,
    settings: { check: { env: "WATCHER_SHIPPER_X", type: "string", help: "x" } },
  }, /settings\.check is kept for/],
  ["the variable of the check", {
    check: CHECK,
    settings: { other: { env: "WATCHER_SHIPPER_CHECK", type: "string", help: "x" } },
  }, /settings\.other has env WATCHER_SHIPPER_CHECK, which is kept/],
  [
    "an address of its own",
    { reload: { url: "http://10.0.0.1/" } },
    /reload has url "http:\/\/10\.0\.0\.1\/", must be/,
  ],
  [
    "an address that leads to another host",
    { reload: { url: "{url}@evil/" } },
    /reload has url "\{url\}@evil\/", must be/,
  ],
  ["an address made of a text", { reload: { url: "{key}/x" } }, /reload has url "\{key\}\/x", must be/],
  ["a default address", {
    settings: { url: { ...SETTINGS.url, default: "http://10.0.0.1" } },
  }, /settings\.url is an address and must not have a default/],
  ["an unknown method", { reload: { ...HTTP, method: "DELETE" } }, /reload has method "DELETE", must be/],
  [
    "a signal that ends",
    { reload: { ...SIGNAL, signal: "KILL" } },
    /reload has signal "KILL", must be HUP, USR1 or USR2/,
  ],
  [
    "a pid file of its own",
    { reload: { ...SIGNAL, pidFile: "/run/x.pid" } },
    /reload must have \{name\} of a setting of/,
  ],
  ["a default pid file", {
    reload: SIGNAL,
    settings: { pidFile: { ...SETTINGS.pidFile, default: "/run/crond.pid" } },
  }, /reload has the pid file \{pidFile\}, whose setting must not have a default/],
  [
    "a signal to any process",
    { reload: { ...SIGNAL, processes: [] } },
    /reload must have processes, a list of at least/,
  ],
  [
    "choices of numbers",
    { settings: { n: { env: "WATCHER_SHIPPER_N", type: "integer", help: "x", choices: ["1"] } } },
    /settings\.n has choices, which are lower-case words/,
  ],
];

for (const [what, change, message] of REFUSED) {
  Deno.test(`an agent is refused that has ${what}`, () => {
    assert.throws(() => check(change), message);
  });
}
