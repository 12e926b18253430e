/**
 * Promises about the wishes of pods for their logs.
 *
 * @module
 */
import assert from "node:assert/strict";
import * as fc from "fast-check";
import { readAttributeChoice } from "../../lib/hints/attribute_choice.ts";
import { isAttributeName, MAX_ATTRIBUTE_CHARACTERS, MAX_ATTRIBUTES } from "../../lib/hints/attributes.ts";
import type { ContainerHints } from "../../lib/hints/container_hints.ts";
import { HintReader } from "../../lib/hints/hint_reader.ts";
import { isPortablePattern } from "../../lib/hints/portable_pattern.ts";
import { isReplacement, MAX_RULE_CHARACTERS, MAX_RULES } from "../../lib/hints/rule_list.ts";
import { loadVocabularies, VOCABULARY_NAMES } from "../../lib/hints/vocabularies.ts";
import { assertCleanPrototype } from "./cluster_properties.ts";
import { hostileMap, hostileText } from "./hostile_text.ts";
import { wishAnnotations } from "./hostile_wishes.ts";
import { type Property, property } from "./property.ts";
import { assertLine } from "./refusals.ts";

const VOCABULARIES = await loadVocabularies(VOCABULARY_NAMES);
const EVERYTHING = [readAttributeChoice("*")!];

/** Texts that a container's name may be part of, so that it could be taken for another's. */
const names = fc.uniqueArray(
  fc.oneof(fc.constantFrom("app", "app-1", "a", "config", "0", "sampling_rules", "attributes"), hostileText),
  { minLength: 2, maxLength: 2 },
);

const pods = names.chain(([container = "", other = ""]) =>
  fc.record({
    container: fc.constant(container),
    other: fc.constant(other),
    labels: hostileMap(hostileText, 4),
    annotations: fc.tuple(wishAnnotations(container), hostileMap(hostileText, 3)).map(([wishes, others]) => ({
      ...others,
      ...wishes,
    })),
  })
);

const reading: Property = property({
  name: "whatever a pod's labels and annotations say, its hints are of the right form and within their limits",
  subject: "hints",
  arbitrary: pods,
  check({ container, other, labels, annotations }) {
    const pod = { labels, annotations, containers: [{ name: container }, { name: other }] };
    const reader = new HintReader({
      vocabularies: VOCABULARIES,
      attributeLabels: EVERYTHING,
      attributeAnnotations: EVERYTHING,
      agents: ["scalyr"],
    });
    for (const containerName of [container, other]) {
      const name = { podUid: "uid", namespace: "shop", podName: "web", containerName };
      const hints = reader.read({ ...name, pod });
      assertForm(hints);
      assert.equal(reader.read({ ...name, pod }), hints);
      assert.deepEqual(reader.read({ ...name, pod: { ...pod } }), hints);
    }
    assertCleanPrototype();
  },
});

function assertForm({ hints, attributes, exclusion, problems }: ContainerHints) {
  const { parser, multiline, samplingRules, redactionRules, agents } = hints;
  assert.ok(parser === "" || /^[^\p{Cc}\p{Cs}]{1,255}$/u.test(parser));
  if (multiline) assert.ok(isPortablePattern(multiline.firstLine));
  for (const { pattern, rate } of samplingRules) assert.ok(isPortablePattern(pattern) && rate >= 0 && rate <= 1);
  for (const { pattern, replacement } of redactionRules) {
    assert.ok(isPortablePattern(pattern) && isReplacement(replacement) && !new RegExp(`^(?:${pattern})$`).test(""));
  }
  for (const rules of [samplingRules, redactionRules]) {
    assert.ok(rules.length <= MAX_RULES && JSON.stringify(rules).length < 8 * MAX_RULE_CHARACTERS);
  }
  for (const agent of agents) assert.match(agent, /^[a-z0-9][a-z0-9_-]*$/);
  const list = Object.entries(attributes);
  assert.ok(list.length <= MAX_ATTRIBUTES && list.join("").length <= MAX_ATTRIBUTE_CHARACTERS + list.length);
  assert.deepEqual(list.map(([name]) => name), list.map(([name]) => name).sort());
  for (const [name, value] of list) assert.ok(isAttributeName(name) && typeof value === "string");
  if (exclusion !== undefined) assert.match(exclusion, /^Excluded by /);
  for (const { text } of problems) assertLine(text);
}

const separate: Property = property({
  name: "what is said of one container alone, however wrong, changes nothing for another one",
  subject: "hints-of-others",
  arbitrary: fc.tuple(
    hostileText,
    fc.constantFrom("exclude", "agents", "parser", "multiline", "sampling-rules", "attributes"),
  ),
  check([text, hint]) {
    const right = {
      "kubernetes-log-watcher/parser.good": "nginx",
      "kubernetes-log-watcher/attributes": '{"team": "shop"}',
      "co.elastic.logs.good/multiline.pattern": "^x",
      "co.elastic.logs.good/multiline.negate": "true",
      "co.elastic.logs.good/multiline.match": "after",
    };
    const wrong = {
      [`kubernetes-log-watcher/${hint}.bad`]: text,
      [`co.elastic.logs.bad/${hint}`]: text,
      [`log.config.scalyr.com/bad.${text}`]: text,
      "ad.datadoghq.com/bad.logs": text,
      "io.opentelemetry.discovery.logs.bad/config": text,
      "fluentbit.io/parser-bad": text,
    };
    const read = (annotations: Record<string, string>) =>
      new HintReader({ vocabularies: VOCABULARIES }).read({
        podUid: "uid",
        namespace: "shop",
        podName: "web",
        containerName: "good",
        pod: { labels: {}, annotations, containers: [{ name: "good" }, { name: "bad" }] },
      });
    const { hints, attributes, exclusion } = read({ ...wrong, ...right });
    const alone = read(right);
    assert.deepEqual({ hints, attributes, exclusion }, {
      hints: alone.hints,
      attributes: alone.attributes,
      exclusion: undefined,
    });
    assert.equal(hints.parser, "nginx");
    assert.equal(hints.multiline?.firstLine, "^x");
  },
});

/** All promises about hints. */
export const HINT_PROPERTIES: readonly Property[] = [reading, separate];
