import assert from "node:assert/strict";
import { resolveAgent } from "../../lib/config/agent_settings.ts";
import type { AgentConfig } from "../../lib/config/config.ts";
import { readSecrets, SecretFileError } from "../../lib/config/secrets.ts";
import { describeAgent, EXAMPLE } from "./example_agent.ts";

interface Options {
  readonly env?: Record<string, string>;
  readonly flags?: Record<string, string>;
  readonly files?: Record<string, string>;
  readonly samples?: boolean;
}

function reader(files: Record<string, string>) {
  return (path: string) => {
    const text = files[path];
    return text === undefined ? Promise.reject(new Deno.errors.NotFound("No such file")) : Promise.resolve(text);
  };
}

const REQUIRED = { WATCHER_EXAMPLE_API_KEY: "s3cret", WATCHER_EXAMPLE_DEST_PATH: "/dest" };

async function resolve({ env = {}, flags = {}, files = {}, samples = false }: Options, description = EXAMPLE) {
  const given = { env, flags: new Map(Object.entries(flags)) };
  return await resolveAgent(description, { given, readTextFile: reader(files), samples });
}

async function resolved(options: Options): Promise<AgentConfig> {
  const outcome = await resolve(options);
  assert.ok("agent" in outcome, JSON.stringify(outcome));
  return outcome.agent;
}

async function problems(options: Options): Promise<readonly string[]> {
  const outcome = await resolve(options);
  assert.ok("problems" in outcome);
  return outcome.problems;
}

Deno.test("settings of an agent have their types, defaults, and undefined where nothing is set", async () => {
  const { settings } = await resolved({ env: REQUIRED });
  assert.deepEqual(settings, {
    apiKey: "s3cret",
    destPath: "/dest",
    configPath: "/etc/example/agent.conf",
    journal: undefined,
    rate: 10,
    profile: false,
    fields: undefined,
    server: undefined,
  });
});

Deno.test("flags win over variables, and an empty flag undoes a variable", async () => {
  const env = {
    ...REQUIRED,
    WATCHER_EXAMPLE_RATE: "5",
    WATCHER_EXAMPLE_SERVER: "a",
    WATCHER_EXAMPLE_FIELDS: '{"a":1}',
  };
  const { settings } = await resolved({
    env,
    flags: { "example-rate": "7", "example-server": "", "example-profile": "on" },
  });
  assert.equal(settings.rate, 7);
  assert.equal(settings.server, undefined);
  assert.equal(settings.profile, true);
  assert.deepEqual(settings.fields, { a: 1 });
});

Deno.test("all problems of an agent's settings are reported together, each naming variable, value and what is expected", async () => {
  const found = await problems({
    env: {
      WATCHER_EXAMPLE_DEST_PATH: "dest",
      WATCHER_EXAMPLE_RATE: "fast",
      WATCHER_EXAMPLE_PROFILE: "maybe",
      WATCHER_EXAMPLE_FIELDS: "[]",
    },
    flags: { "example-journal": "~/journal" },
  });
  const patterns = [
    /^WATCHER_EXAMPLE_API_KEY is required by agent example .*WATCHER_EXAMPLE_API_KEY_FILE or --example-api-key-file/,
    /^WATCHER_EXAMPLE_DEST_PATH is "dest", expected an absolute path/,
    /^--example-journal is "~\/journal", expected an absolute path/,
    /^WATCHER_EXAMPLE_RATE is "fast", expected a whole number/,
    /^WATCHER_EXAMPLE_PROFILE is "maybe", expected true, false/,
    /^WATCHER_EXAMPLE_FIELDS is "\[\]", expected a JSON object/,
  ];
  assert.equal(found.length, patterns.length);
  for (const [index, pattern] of patterns.entries()) assert.match(found[index]!, pattern);
});

Deno.test("a required setting that is not set names its variable and its flag", async () => {
  const [problem] = await problems({ env: { WATCHER_EXAMPLE_API_KEY: "s3cret" } });
  assert.match(problem!, /^WATCHER_EXAMPLE_DEST_PATH is required .* --example-dest-path \(The folder\)$/);
});

Deno.test("white space around a secret is trimmed, from the variable and from the file", async () => {
  const { WATCHER_EXAMPLE_DEST_PATH } = REQUIRED;
  const byVariable = await resolved({ env: { ...REQUIRED, WATCHER_EXAMPLE_API_KEY: " s3cret\n" } });
  assert.equal(byVariable.settings.apiKey, "s3cret");
  assert.deepEqual(byVariable.secretFiles, {});
  const env = { WATCHER_EXAMPLE_DEST_PATH, WATCHER_EXAMPLE_API_KEY_FILE: "/keys/a" };
  const byFile = await resolved({ env, files: { "/keys/a": "\n from-file \n" } });
  assert.equal(byFile.settings.apiKey, "from-file");
  assert.deepEqual(byFile.secretFiles, { apiKey: "/keys/a" });
  assert.deepEqual(byFile.secrets, ["apiKey"]);
  const byFlag = await resolved({ env, flags: { "example-api-key-file": "/keys/b" }, files: { "/keys/b": "b" } });
  assert.equal(byFlag.settings.apiKey, "b");
});

Deno.test("a secret is refused as a flag, given twice, in a missing or empty file, and is never in a message", async () => {
  const dest = { WATCHER_EXAMPLE_DEST_PATH: "/dest" };
  const rows: [Options, RegExp][] = [
    [
      { env: dest, flags: { "example-api-key": "s3cret" } },
      /^--example-api-key is a secret .*arguments of a process.*--example-api-key-file/,
    ],
    [
      { env: { ...REQUIRED, WATCHER_EXAMPLE_API_KEY_FILE: "/k" } },
      /^WATCHER_EXAMPLE_API_KEY and WATCHER_EXAMPLE_API_KEY_FILE are both set/,
    ],
    [
      { env: REQUIRED, flags: { "example-api-key-file": "/k" } },
      /^WATCHER_EXAMPLE_API_KEY and --example-api-key-file are both set/,
    ],
    [
      { env: { ...dest, WATCHER_EXAMPLE_API_KEY_FILE: "/k" } },
      /^Cannot read \/k, the file of WATCHER_EXAMPLE_API_KEY_FILE: it does not exist/,
    ],
    [{ env: { ...dest, WATCHER_EXAMPLE_API_KEY_FILE: "/k" }, files: { "/k": " \n" } }, /^\/k, .* is empty/],
    [
      { env: { ...dest, WATCHER_EXAMPLE_API_KEY_FILE: "k" } },
      /^WATCHER_EXAMPLE_API_KEY_FILE is "k", expected an absolute path/,
    ],
  ];
  for (const [options, pattern] of rows) {
    const found = await problems(options);
    assert.equal(found.length, 1);
    assert.match(found[0]!, pattern);
    assert.doesNotMatch(found[0]!, /s3cret/);
  }
});

Deno.test("secrets are read again from their files, and unchanged ones give the very same settings", async () => {
  const env = { WATCHER_EXAMPLE_DEST_PATH: "/dest", WATCHER_EXAMPLE_API_KEY_FILE: "/k" };
  const agent = await resolved({ env, files: { "/k": "one" } });
  assert.equal(await readSecrets(agent, reader({ "/k": " one\n" })), agent.settings);
  assert.deepEqual(await readSecrets(agent, reader({ "/k": "two\n" })), { ...agent.settings, apiKey: "two" });
  await assert.rejects(readSecrets(agent, reader({ "/k": "" })), SecretFileError);
  await assert.rejects(readSecrets(agent, reader({})), /Cannot read \/k, the file of WATCHER_EXAMPLE_API_KEY_FILE/);
});

Deno.test("samples stand for required settings that are not set, and for no others, and are listed", async () => {
  const { settings, samples } = await resolved({ samples: true });
  assert.equal(settings.apiKey, "***");
  assert.equal(settings.destPath, "/var/log/example");
  assert.equal(settings.journal, undefined);
  assert.deepEqual(samples.map(({ env }) => env), ["WATCHER_EXAMPLE_API_KEY", "WATCHER_EXAMPLE_DEST_PATH"]);
  const given = await resolved({ samples: true, env: REQUIRED });
  assert.deepEqual(given.samples, []);
  const declared = describeAgent("example", {
    dir: { env: "WATCHER_EXAMPLE_DIR", type: "directory", help: "Folder", required: true, sample: "/srv/links" },
  });
  const outcome = await resolve({ samples: true }, declared);
  assert.ok("agent" in outcome);
  assert.equal(outcome.agent.settings.dir, "/srv/links");
});

Deno.test("a default that does not fit its type is blamed on the agent", async () => {
  const declared = describeAgent("example", {
    dir: { env: "WATCHER_EXAMPLE_DIR", type: "directory", help: "Folder", default: "logs" },
  });
  const outcome = await resolve({}, declared);
  assert.ok("problems" in outcome);
  assert.match(
    outcome.problems[0]!,
    /^Agent example declares "logs" as default of WATCHER_EXAMPLE_DIR, expected an absolute path/,
  );
});
