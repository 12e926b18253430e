import assert from "node:assert/strict";

/**
 * Compares text with a golden file, byte by byte.
 *
 * With UPDATE_GOLDEN=1 in the environment the file is written instead; read the difference before you commit it.
 */
export function assertGolden(name: string, text: string) {
  const file = new URL(`./golden/${name}`, import.meta.url);
  if (Deno.env.get("UPDATE_GOLDEN") === "1") {
    Deno.mkdirSync(new URL(".", file), { recursive: true });
    Deno.writeTextFileSync(file, text);
  }
  assert.equal(text, Deno.readTextFileSync(file), `Differs from ${file.pathname}`);
}
