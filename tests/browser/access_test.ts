import assert from "node:assert/strict";
import { join } from "node:path";
import { agentFolder, edit } from "../e2e/page_process.ts";
import { testPage } from "./page_in_browser.ts";

for (const theme of ["light", "dark"] as const) {
  const folder = await agentFolder();
  testPage({
    sentence: `everybody can use every view of the page, ${theme}`,
    args: () => ["my-shipper", "scalyr", "vector", "alloy", "symlinker", "--agents-path", folder.path],
    theme,
    work: async ({ page, checkAccess, picture }) => {
      await using _ = folder;
      const view = async (name: string) => {
        await checkAccess(`${name}, ${theme}`);
        await picture(`${name}-${theme}`);
      };
      await page.click("#tab-vector");
      await page.locator("#panel .code .c-key").first().waitFor();
      await view("file");
      await page.click("#tab-symlinker");
      await page.locator(".links .link").first().waitFor();
      await view("links");
      await page.click('#containers [data-state="not-followed"]');
      await page.locator(".inspector-head [data-state=not-followed]").waitFor();
      await view("not-followed");
      await page.click("#containers li >> nth=0");
      await page.getByLabel("Value of application").fill("shop-front");
      await page.getByRole("button", { name: "Add label" }).click();
      await page.getByLabel(/^Key of label \d+$/).last().fill("not a key");
      await page.getByRole("button", { name: "Add annotation" }).click();
      await page.getByLabel(/^Key of annotation \d+$/).last().fill("kubernetes-log-watcher/sampling-rules");
      await page.getByLabel("Value of annotation 2").fill("[");
      await page.locator(".labels .field-problem").waitFor();
      await page.locator(".annotations .field-problem").waitFor();
      await page.getByRole("button", { name: /^vector: 2 files$/ }).click();
      await page.locator(".change .line.is-new").first().waitFor();
      await view("trial");
      await page.getByRole("button", { name: "Reset" }).click();
      await page.locator(".tab .badge").waitFor({ state: "detached" });

      await page.click("#tab-my-shipper");
      await edit(join(folder.agent, "input.yaml.eta"), (text) => text.replace("envelope:", "wrapping:"));
      await page.locator(".change .line.is-new").first().waitFor();
      await view("saved");
      await edit(join(folder.agent, "input.yaml.eta"), (text) => text + "  more: <%= it.nope %>\n");
      await page.locator(".line.is-mistake").waitFor();
      await view("mistake");
      await page.keyboard.press("?");
      await page.locator("#help[open]").waitFor();
      await view("help");
      await page.keyboard.press("Escape");
      await page.fill("#filter", "nothing like this");
      await page.locator("#containers-none").waitFor();
      await view("none");
      await page.fill("#filter", "");
      for (const width of [1000, 600]) {
        await page.setViewportSize({ width, height: 900 });
        await view(`narrow-${width}`);
        const isTooWide = await page.evaluate(
          "document.documentElement.scrollWidth > document.documentElement.clientWidth",
        );
        assert.equal(isTooWide, false, `${width} pixels`);
      }
    },
  });
}

testPage({
  sentence: "everything can be done with the keyboard alone, and the focus is seen",
  args: () => ["scalyr", "vector"],
  work: async ({ page }) => {
    const { keyboard } = page;
    const focus = async () =>
      await page.evaluate(`(() => {
        const e = document.activeElement;
        return [e.id || e.getAttribute("aria-label") || e.textContent.trim().slice(0, 40), getComputedStyle(e).outlineStyle, e.getAttribute("role")];
      })()`) as [string, string, string | null];
    await keyboard.press("Tab");
    assert.deepEqual(await focus(), ["Skip to the files", "solid", null]);
    // All that can be reached by Tab, once around.
    const reached = new Set<string>();
    for (let step = 0; step < 60; step++) {
      await keyboard.press("Tab");
      const [name, outline] = await focus();
      if (name === "Skip to the files") break;
      if (!(await page.evaluate("document.activeElement === document.body"))) assert.notEqual(outline, "none", name);
      reached.add(name);
    }
    for (
      const name of ["look", "theme", "help-open", "filter", "tab-scalyr", "view-file", "view-changes", "file-picker"]
    ) {
      assert.ok(reached.has(name), `${name} is not among ${[...reached].join(", ")}`);
    }
    assert.ok([...reached].some((name) => name.startsWith("Value of application")), [...reached].join(", "));

    await keyboard.press("/");
    assert.equal((await focus())[0], "filter");
    await keyboard.type("cart");
    await page.locator("#containers-count", { hasText: "1 of 10" }).waitFor();
    await keyboard.press("ArrowDown");
    assert.equal((await focus())[2], "option");
    await keyboard.press("Enter");
    await page.locator(".inspector-head h2", { hasText: "cart" }).waitFor();
    await keyboard.press("/");
    await keyboard.press("Escape");
    await page.locator("#containers-count", { hasText: /^10$/ }).waitFor();
    await keyboard.press("ArrowDown");
    await keyboard.press("Home");
    await keyboard.press("ArrowDown");
    await keyboard.press("Enter");
    await page.locator(".inspector-head h2", { hasText: "proxy" }).waitFor();

    await keyboard.press("t");
    assert.equal((await focus())[2], "tab");
    await keyboard.press("End");
    await page.locator('#tab-vector[aria-selected="true"]').waitFor();
    await page.locator(".file .code").waitFor();
    await keyboard.press("ArrowRight");
    await page.locator('#tab-scalyr[aria-selected="true"]').waitFor();
    await keyboard.press("ArrowLeft");
    await page.locator('#tab-vector[aria-selected="true"]:focus').waitFor();

    await keyboard.press("e");
    assert.match((await focus())[0], /^Key of label 1/);
    while (!(await focus())[0].startsWith("Value of application")) await keyboard.press("Tab");
    await keyboard.press("Control+A");
    await keyboard.type("by-keys");
    await page.locator("#tab-vector .badge").waitFor();
    assert.match((await focus())[0], /^Value of application/, "what is typed stays where it is");
    await page.locator(".trial-status .outcome").waitFor();
    while (!/^vector: \d files$/.test((await focus())[0])) await keyboard.press("Tab");
    await keyboard.press("Enter");
    await page.locator(".change .line.is-new", { hasText: "by-keys" }).first().waitFor();
    assert.equal((await focus())[0], "view-changes");

    await keyboard.press("f");
    await page.locator(".file .line.is-new", { hasText: "by-keys" }).first().waitFor();
    await keyboard.press("?");
    await page.locator("#help[open]").waitFor();
    await page.getByLabel("Keys of one letter are on").focus();
    await keyboard.press("Space");
    await keyboard.press("Escape");
    await page.locator("#help:not([open])").waitFor({ state: "attached" });
    await keyboard.press("d");
    assert.equal(await page.getAttribute("#view-file", "aria-pressed"), "true", "keys of one letter are off");
  },
});

testPage({
  sentence: "the chosen theme is kept, and whoever wants no motion has none",
  args: () => ["symlinker"],
  work: async ({ page }) => {
    const ground = () => page.evaluate("getComputedStyle(document.body).backgroundColor");
    const light = await ground();
    await page.click("#theme");
    await page.click("#theme");
    await page.locator("#theme", { hasText: "dark" }).waitFor();
    const dark = await ground();
    assert.notEqual(dark, light);
    await page.reload();
    await page.locator(".links").waitFor();
    assert.equal(await ground(), dark);
    await page.emulateMedia({ reducedMotion: "reduce" });
    assert.equal(await page.evaluate(`getComputedStyle(document.querySelector(".plain")).transitionDuration`), "0s");
  },
});
