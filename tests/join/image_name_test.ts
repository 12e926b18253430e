import assert from "node:assert/strict";
import { splitImage } from "../../lib/join/image_name.ts";

Deno.test("an image's name and version are its last path part, split at the tag", () => {
  const cases: [string | undefined, string, string][] = [
    ["registry.example:5000/shop/web:1.4", "web", "1.4"],
    ["web", "web", "latest"],
    ["localhost:5000/web", "web", "latest"],
    ["shop/web:1.4@sha256:dd418d69", "web", "1.4"],
    ["shop/web@sha256:dd418d69", "web", "latest"],
    ["sha256:dd418d69cb31", "", ""],
    [undefined, "", ""],
  ];
  for (const [reference, image, imageVersion] of cases) {
    const imageReference = image === "" ? "" : reference;
    assert.deepEqual(splitImage(reference), { imageReference, image, imageVersion }, reference ?? "no reference");
  }
});
