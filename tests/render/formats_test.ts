import assert from "node:assert/strict";
import { createTextCheck, OutputFormatError } from "../../lib/render/formats.ts";

function refused(message: RegExp) {
  return (error: unknown) => error instanceof OutputFormatError && message.test(error.message);
}

Deno.test("rendered YAML that is nested too deeply is refused as such, and the next file is read", async () => {
  const check = await createTextCheck({ template: "all.eta", format: "yaml" });
  const deep = "[".repeat(200_000) + "]".repeat(200_000);
  assert.throws(() => check(deep, 0), refused(/^Rendered all\.eta is no YAML: it is nested too deeply to be read$/));
  check("a: [1]", 0);
});

Deno.test("what a parser says of a rendered file is told in one line, with its place", async () => {
  const check = await createTextCheck({ template: "one.yaml.eta", format: "yaml" });
  const told = /^Rendered one\.yaml\.eta is no YAML: [^\n]+ at line 2, column 1$/;
  assert.throws(() => check("a: [1, 2\nb: 3\n", 0), refused(told));
});
