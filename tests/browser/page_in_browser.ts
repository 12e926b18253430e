/**
 * The preview page in a real browser.
 *
 * @module
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import axe from "axe-core";
import { PageProcess } from "../e2e/page_process.ts";
import { obtainChromium, startChromium } from "./chromium.ts";

const CHROMIUM = await obtainChromium();
/** Screenshots for people to look at; git ignores the folder. */
const SCREENSHOTS = fileURLToPath(new URL("../../artefacts/page", import.meta.url));

if ("missing" in CHROMIUM) console.log(`The preview page is not tried in a browser: ${CHROMIUM.missing}`);

/** How long anything may take on a busy machine, milliseconds. */
const PATIENCE_MS = 60_000;

/** What a test has. */
export interface Opened {
  readonly page: Page;
  readonly server: PageProcess;
  /** Looks for what keeps people from using it. */
  checkAccess(where: string): Promise<void>;
  /** Keeps a picture. */
  picture(name: string): Promise<void>;
}

/** Options of {@linkcode testPage}. */
export interface TestPageOptions {
  readonly sentence: string;
  /** Arguments of `preview`. */
  readonly args: () => readonly string[] | Promise<readonly string[]>;
  readonly width?: number;
  readonly theme?: "light" | "dark";
  /** Messages of the console that are foreseen, default none. */
  readonly foreseen?: RegExp;
  readonly work: (opened: Opened) => Promise<void>;
}

/** Declares a test: it fails, too, if the page asks any other place than its server, or the console has an error. */
export function testPage({ sentence, args, width = 1440, theme = "light", foreseen, work }: TestPageOptions): void {
  Deno.test({
    name: sentence,
    ignore: "missing" in CHROMIUM,
    // The library's connection to the browser ends a moment after it.
    sanitizeOps: false,
    sanitizeResources: false,
    fn: async () => {
      await using server = await PageProcess.start(await args());
      const browser = await startChromium((CHROMIUM as { path: string }).path);
      try {
        const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme: theme });
        const page = await context.newPage();
        page.setDefaultTimeout(PATIENCE_MS);
        const elsewhere: string[] = [];
        const errors: string[] = [];
        await context.route("**", (route) => {
          const { origin } = new URL(route.request().url());
          if (`${origin}/` === server.url) return route.continue();
          elsewhere.push(route.request().url());
          return route.abort();
        });
        page.on("console", (message) => {
          if (message.type() === "error" || message.type() === "warning") errors.push(message.text());
        });
        page.on("pageerror", (error) => errors.push(error.message));
        page.on("dialog", (dialog) => {
          errors.push(`A dialog: ${dialog.message()}`);
          dialog.dismiss();
        });
        await page.goto(server.url);
        await page.locator(".file").first().waitFor();
        await page.locator('#live[data-state="live"]').waitFor();
        await work({
          page,
          server,
          checkAccess: (where) => checkAccess(page, where),
          picture: (name) => picture(page, name),
        });
        assert.deepEqual(elsewhere, [], "The page asks its own server alone");
        assert.deepEqual(errors.filter((text) => !foreseen?.test(text)), []);
      } finally {
        await browser.close();
      }
    },
  });
}

async function checkAccess(page: Page, where: string): Promise<void> {
  await page.evaluate(axe.source);
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const { violations } = await page.evaluate(`axe.run({ runOnly: ${JSON.stringify(tags)} })`) as axe.AxeResults;
  const found = violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${help}\n${html.slice(0, 300)}\n${failureSummary}`)
  );
  assert.deepEqual(found, [], where);
}

async function picture(page: Page, name: string): Promise<void> {
  await Deno.mkdir(SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) });
}
