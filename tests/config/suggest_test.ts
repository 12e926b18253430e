import assert from "node:assert/strict";
import { didYouMean, editDistance, suggest } from "../../lib/config/suggest.ts";

Deno.test("edit distance counts inserting, deleting, replacing and swapping neighbours", () => {
  const rows = [["", "", 0], ["a", "", 1], ["scalyr", "scalry", 1], ["watch", "wacth", 1], ["watch", "match", 1], [
    "kitten",
    "sitting",
    3,
  ], ["abc", "abc", 0]] as const;
  for (const [from, to, edits] of rows) assert.equal(editDistance(from, to), edits, `${from} ${to}`);
});

Deno.test("a typing error is answered with the nearest word, something else with nothing", () => {
  const words = ["scalyr", "appdynamics", "symlinker"];
  assert.equal(suggest("scalry", words), "scalyr");
  assert.equal(suggest("Symlinker", words), "symlinker");
  assert.equal(suggest("appdynamic", words), "appdynamics");
  assert.equal(suggest("fluentd", words), undefined);
  assert.equal(suggest("symli", words), "symlinker");
  assert.equal(suggest("WATCHER_A_DEST", ["WATCHER_A_DEST_PATH", "WATCHER_B_DEST_PATH"]), "WATCHER_A_DEST_PATH");
  assert.equal(suggest("WATCHER_A_DEST", ["WATCHER_A_DEST_FOLDER", "WATCHER_A_DEST_MANIFEST"]), undefined);
  assert.equal(didYouMean("scalr", words), "; did you mean scalyr?");
  assert.equal(didYouMean("zzz", words), "");
});
