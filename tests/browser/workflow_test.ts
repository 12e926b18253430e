import assert from "node:assert/strict";
import { join } from "node:path";
import { agentFolder, edit } from "../e2e/page_process.ts";
import { recordPods } from "./many_containers.ts";
import { testPage } from "./page_in_browser.ts";

const [folder, folder2, folder3] = await Promise.all([agentFolder(), agentFolder(), agentFolder()]);
const template = join(folder.agent, "input.yaml.eta");

testPage({
  sentence: "a save of a template shows what changes, and a mistake at its line, without a reload of the page",
  args: () => ["my-shipper", "--agents-path", folder.path],
  work: async ({ page, server }) => {
    await using _ = folder;
    await page.click("#containers li >> nth=1");
    await page.locator(".file .line", { hasText: "envelope:" }).waitFor();
    await page.click("#view-changes");
    await page.locator(".empty", { hasText: "Nothing was saved yet" }).waitFor();
    await edit(template, (text) => text.replace("envelope:", "wrapping:"));
    await page.locator(".change .line.is-new", { hasText: "wrapping:" }).first().waitFor();
    assert.equal(await page.locator(".change").count(), 8);
    await page.locator("#announce", { hasText: "Changed: my-shipper: 8 files" }).waitFor({ state: "attached" });
    await page.click("#view-file");
    await page.locator(".file .line.is-new", { hasText: "wrapping:" }).waitFor();

    await edit(template, (text) => text.replace("- type: file", "- type: file\n<% if (it.path { %>\n<% } %>"));
    const mistake = page.locator(".line.is-mistake");
    await mistake.waitFor();
    assert.match((await mistake.textContent())!, /<% if \(it\.path \{ %>/);
    assert.equal(await mistake.locator(".number").getAttribute("data-number"), "3");
    await page.locator(".place", { hasText: "input.yaml.eta:3" }).waitFor();
    assert.equal(await page.locator("#containers [data-state=failed]").count(), 8);

    await edit(template, (text) => text.replace("\n<% if (it.path { %>\n<% } %>", ""));
    await mistake.waitFor({ state: "detached" });
    assert.equal(await page.locator("#containers [data-state=failed]").count(), 0);

    await server.end();
    await page.locator('#live[data-state="gone"]').waitFor();
  },
  foreseen: /ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE/,
});

testPage({
  sentence: "an edited label changes the file that is shown, a save keeps the edit, and reset takes it back",
  args: () => ["vector", "my-shipper", "--agents-path", folder2.path],
  work: async ({ page }) => {
    await using _ = folder2;
    await page.click("#tab-vector");
    const value = page.getByLabel("Value of application");
    await value.fill("shop-front");
    await page.locator(".file .line.is-new", { hasText: "shop-front" }).waitFor();
    await page.locator("#containers .tag", { hasText: "edited" }).first().waitFor();
    await edit(join(folder2.agent, "input.yaml.eta"), (text) => text.replace("envelope:", "wrapping:"));
    await page.locator("#announce", { hasText: "Changed: my-shipper" }).waitFor({ state: "attached" });
    assert.equal(await value.inputValue(), "shop-front");
    await page.locator(".file .line.is-new", { hasText: "shop-front" }).waitFor();
    await page.getByRole("button", { name: "Remove application" }).click();
    await page.locator(".file .line", { hasText: "shop-front" }).waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Reset" }).click();
    await page.locator("#containers .tag").first().waitFor({ state: "detached" });
    assert.equal(await value.inputValue(), "web");
    await page.getByRole("button", { name: "Add annotation" }).click();
    await page.getByLabel("Key of annotation 2").fill("kubernetes-log-watcher/exclude");
    await page.getByLabel("Value of annotation 2").fill("true");
    await page.locator("#containers [data-state=excluded]").first().waitFor();
    await page.locator(".inspector-head", { hasText: "Excluded" }).waitFor();
  },
});

const LONG = "long".repeat(2_000);
const HOSTILE: Readonly<Record<string, string>> = {
  "a<img src=x onerror=alert(1)>": "<img src=x onerror=alert(2)>",
  script: "</script><script>alert(3)</script>",
  style: "</style><svg onload=alert(4)>",
  turned: "abc\u202egnp.exe\u2066",
  long: LONG,
  __proto__x: "{{constructor.constructor('alert(5)')()}}",
  javascript: "javascript:alert(6)",
};

testPage({
  sentence: "hostile labels and annotations are texts and nothing else, wherever they are shown",
  args: async () => {
    const pods = [{ labels: { ...HOSTILE, application: "<img src=x onerror=alert(7)>" }, annotations: { ...HOSTILE } }];
    const file = await recordPods(pods);
    return ["my-shipper", "fluentd", "--agents-path", folder3.path, "--snapshot", file, "--attribute-labels", "*"];
  },
  work: async ({ page, checkAccess, picture }) => {
    await using _ = folder3;
    await page.click("#tab-my-shipper");
    await page.locator(".file .line", { hasText: "<img src=x onerror=alert(7)>" }).first().waitFor();
    await page.locator("#pod-form").waitFor();
    const values = await page.locator(".labels textarea").evaluateAll((all) =>
      all.map((one) => (one as unknown as { readonly value: string }).value)
    );
    for (const text of Object.values(HOSTILE)) assert.ok(values.includes(text), text.slice(0, 60));
    await page.getByLabel("Value of application").fill('"><img src=x onerror=alert(8)>');
    await page.locator(".file .line.is-new", { hasText: "alert(8)" }).first().waitFor();
    await page.click("#view-changes");
    await page.locator(".change .line.is-new", { hasText: "alert(8)" }).first().waitFor();
    await page.locator(".labels .field-problem", { hasText: "Kubernetes does not take it" }).first().waitFor();
    assert.equal(await page.locator("img:not([src='/icon.svg']), svg, iframe, object").count(), 0);
    assert.equal(await page.locator("script").count(), 2, "those of the page");
    await checkAccess("hostile texts");
    await picture("hostile");
    const isTooWide = await page.evaluate(
      "document.documentElement.scrollWidth > document.documentElement.clientWidth",
    );
    assert.equal(isTooWide, false);
  },
});

testPage({
  sentence: "a node with 4,000 containers can be searched, and only what is seen is drawn",
  args: async () => {
    const pods = Array.from({ length: 4_000 }, (_, index) => ({ labels: { application: `app-${index}` } }));
    return ["vector", "otel-collector", "--snapshot", await recordPods(pods)];
  },
  work: async ({ page, picture }) => {
    await page.locator("#containers-count", { hasText: "4,000" }).waitFor();
    assert.equal(await page.locator("#containers li").count(), 150);
    await page.locator("#containers-more").click();
    assert.equal(await page.locator("#containers li").count(), 300);
    await page.fill("#filter", "web-3999");
    await page.locator("#containers-count", { hasText: "1 of 4,000" }).waitFor();
    await page.keyboard.press("Enter");
    await page.keyboard.press("Enter");
    await page.locator(".inspector-head", { hasText: "team-39/web-3999" }).waitFor();
    await page.click("#tab-otel-collector");
    await page.locator("#panel .code .line").first().waitFor();
    assert.ok(await page.locator("#panel .code .line").count() <= 1_500);
    await page.getByLabel("Value of application").fill("another");
    await page.locator("#tab-vector .badge").waitFor();
    await page.click("#tab-vector");
    await page.locator(".file .line.is-new", { hasText: "another" }).first().waitFor();
    await picture("large");
  },
});
