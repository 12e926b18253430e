/**
 * Promises about settings.
 *
 * @module
 */
import assert from "node:assert/strict";
import * as fc from "fast-check";
import { coreSettings } from "../../lib/config/core_settings.ts";
import { ConfigError, resolveConfig } from "../../lib/config/resolve.ts";
import { suggest } from "../../lib/config/suggest.ts";
import * as parsers from "../../lib/config/value_parsers.ts";
import { describeAgent, EXAMPLE, EXAMPLE_SETTINGS } from "../config/example_agent.ts";
import { hostileJsonText, hostileKey, hostileMap, hostileText, hugeText } from "./hostile_text.ts";
import { type Property, property } from "./property.ts";
import { assertLine } from "./refusals.ts";
import { SECRET_MARK } from "./scene.ts";

const PARSERS: Readonly<Record<string, parsers.Parser<unknown>>> = {
  text: parsers.parseText,
  boolean: parsers.parseBoolean,
  path: parsers.parsePath,
  filePath: parsers.parseFilePath,
  searchPath: parsers.parseSearchPath,
  names: parsers.parseNames,
  labels: parsers.parseLabels,
  url: parsers.parseUrl,
  seconds: parsers.parseSeconds("above 0", { atMost: 100 }),
  choice: parsers.parseChoice("text", "json"),
  integer: parsers.parseInteger,
  object: parsers.parseObject,
  choices: parsers.parseChoices(["text", "json"]),
  attributeChoices: parsers.parseAttributeChoices,
};

const valueText = fc.oneof(
  hostileText,
  hostileJsonText,
  hugeText,
  hostileText.map((text) => `/${text}`),
  hostileText.map((text) => `http://${text}`),
  fc.tuple(hostileText, hostileText).map(([one, other]) => `${one},${other}:${one}`),
  fc.double().map(String),
  fc.bigInt().map(String),
);

/** Addresses with a password; without commas, at which lists of names come apart. */
const SECRET_URLS = fc.tuple(hostileText, hostileText).map(([before, after]) =>
  `${before}//user:${SECRET_MARK}${after}@host`.replaceAll(",", "")
);

const parsing: Property = property({
  name: "a parser of settings takes any text, and what it takes means the same when given again",
  subject: "parsers",
  arbitrary: valueText.filter((text) => text.trim() !== ""),
  check(text) {
    for (const [name, parse] of Object.entries(PARSERS)) {
      const parsed = parse(text);
      if ("expected" in parsed) {
        assertLine(parsed.expected);
        continue;
      }
      if (name === "path" || name === "filePath") assertPath(parsed.value);
      if (typeof parsed.value !== "string" || name === "text") continue;
      // White space around a value is not part of it.
      if (parsed.value.trim() === parsed.value) assert.deepEqual(parse(parsed.value), parsed, name);
    }
  },
});

function assertPath(path: unknown) {
  assert.ok(typeof path === "string" && path.startsWith("/") && !path.includes("\0") && !path.includes("//"));
  assert.ok(path.split("/").every((part) => part !== "." && part !== ".."), path);
}

const AGENTS = [
  EXAMPLE,
  describeAgent("links", { dir: { env: "WATCHER_LINKS_DIR", type: "directory", help: "Folder" } }),
];
const ENVS = [...coreSettings().map(([, { env }]) => env), ...Object.values(EXAMPLE_SETTINGS).map(({ env }) => env)];
const FLAGS = [...coreSettings().map(([, { flag }]) => flag), "example-dest-path", "example-fields", "example-rate"];

const settingText = fc.oneof(
  valueText,
  fc.constantFrom("example", "links", "1", "true", "/a", "[]", "{}"),
  SECRET_URLS,
);

const given = fc.record({
  env: fc.tuple(
    fc.array(fc.tuple(fc.constantFrom(...ENVS), settingText), { maxLength: 8 }),
    hostileMap(settingText),
    hostileMap(settingText).map((map) => Object.fromEntries(Object.entries(map).map(([k, v]) => [`WATCHER_${k}`, v]))),
  ).map(([known, strange, watcher]) => ({ ...strange, ...watcher, ...Object.fromEntries(known) })),
  flags: fc.array(fc.tuple(fc.oneof(fc.constantFrom(...FLAGS), hostileKey), settingText), { maxLength: 8 }),
  agentNames: fc.option(fc.array(fc.oneof(fc.constantFrom("example", "links"), hostileKey), { maxLength: 3 }), {
    nil: undefined,
  }),
  hasServiceAccount: fc.boolean(),
  samples: fc.boolean(),
  secret: fc.tuple(fc.constantFrom("variable", "file", "flag", "both", "none"), hostileText),
});

const resolving: Property = property({
  name: "settings are resolved or refused by sentences of one line that show no secret",
  subject: "settings",
  arbitrary: given,
  async check({ env, flags, agentNames, secret: [place, text], ...rest }) {
    const all: Record<string, string> = { ...env };
    const secret = SECRET_MARK + text;
    const allFlags = new Map(flags);
    if (place === "variable" || place === "both") all.WATCHER_EXAMPLE_API_KEY = secret;
    if (place === "file" || place === "both") all.WATCHER_EXAMPLE_API_KEY_FILE = "/secret";
    if (place === "flag") allFlags.set("example-api-key", secret);
    const readTextFile = (path: string) =>
      path === "/secret" ? Promise.resolve(secret) : Promise.reject(new Deno.errors.NotFound(path));
    const sentences = await resolveConfig({
      given: { env: all, flags: allFlags },
      agentNames,
      described: AGENTS,
      knownAgentNames: AGENTS.map(({ name }) => name),
      readTextFile,
      workingFolder: "/here",
      ...rest,
    }).then(({ warnings }) => warnings, (error) => {
      if (error instanceof ConfigError) return error.problems;
      throw error;
    });
    for (const sentence of sentences) {
      assertLine(sentence);
      assert.ok(!sentence.includes(SECRET_MARK), `A secret is shown: ${sentence}`);
    }
  },
});

const suggesting: Property = property({
  name: "did-you-mean gives one of the candidates, or none, for any word",
  subject: "suggestions",
  arbitrary: fc.record({ word: hostileKey, candidates: fc.array(hostileKey, { maxLength: 6 }) }),
  check({ word, candidates }) {
    const found = suggest(word, candidates);
    assert.ok(found === undefined || candidates.includes(found));
    if (candidates.includes(word)) assert.equal(found?.toLowerCase(), word.toLowerCase());
  },
});

/** Promises about lib/config. */
export const CONFIG_PROPERTIES: readonly Property[] = [parsing, resolving, suggesting];
