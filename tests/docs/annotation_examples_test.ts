import assert from "node:assert/strict";
import { join } from "node:path";
import { parse } from "yaml";
import { HintReader } from "../../lib/hints/hint_reader.ts";
import { loadVocabularies, type VocabularyName } from "../../lib/hints/vocabularies.ts";
import { guides } from "./documents.ts";
import { fencedBlocks } from "./follow_guide.ts";
import { holdTo, ROOT } from "./hold_to.ts";

/** What a container named `app` has of a pod with annotations, as far as anything is wished. */
async function wishesOf(annotations: Readonly<Record<string, string>>, vocabulary: string) {
  const vocabularies = vocabulary === "own" ? [] : await loadVocabularies([vocabulary as VocabularyName]);
  const pod = { labels: {}, annotations, containers: [{ name: "app" }, { name: "istio-proxy" }] };
  const container = { podUid: "uid", namespace: "shop", podName: "web-3", containerName: "app", pod };
  const { hints, attributes, exclusion, problems } = new HintReader({ vocabularies }).read(container);
  const all = {
    ...hints,
    multiline: hints.multiline && { firstLine: hints.multiline.firstLine },
    attributes,
    exclusion,
    problems: problems.map(({ text }) => text),
  };
  return Object.entries(all).filter(([, value]) =>
    value !== undefined && value !== "" && Object.keys(value).length > 0
  );
}

for (const { path, text } of guides()) {
  const parts = [...text.matchAll(/^<!-- (read ([a-z]+) [a-z-]+) -->$/gm)];
  if (parts.length === 0) continue;
  Deno.test(`the examples of annotations in ${path} are read as it says`, async () => {
    for (const { 1: name, 2: vocabulary, index } of parts) {
      const before = fencedBlocks(text.slice(0, index)).findLast(({ language }) => language === "yaml");
      assert.ok(before, `${path}: ${name} has no block before it`);
      const { metadata: { annotations } } = parse(before.text);
      const lines = (await wishesOf(annotations, vocabulary!)).map(([key, value]) =>
        `${key}: ${JSON.stringify(value)}\n`
      );
      holdTo(name!, `\`\`\`text\n${lines.join("")}\`\`\`\n`, join(ROOT, path));
    }
  });
}
