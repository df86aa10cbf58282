import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type OpenPageOptions, openPage, startBrowser } from "@catapullt/testkit/open-page";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { companyFacts, emptyFacts, hostileFacts, thousandFacts } from "../pictures/sample-facts.ts";
import type { ReportFacts } from "../report/facts.ts";
import { renderPage } from "../report/page/page.ts";

const attack = `"'><img src=x onerror=alert(1)><script>alert(2)</script></style></title>--><svg onload=alert(3)>\u202e\u0000{{7*7}}`;
const pages = { ten: companyFacts(), empty: emptyFacts(), hostile: hostileFacts(attack) };

let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
}, 60_000);
afterAll(() => browser.close());

async function open(facts: ReportFacts, options: Partial<OpenPageOptions> = {}) {
  const file = join(temporaryDirectory("report"), "backups.html");
  writeFileSync(file, renderPage(facts));
  const opened = await openPage(browser, file, { width: 1280, ...options });
  onTestFinished(() => opened.page.context().close());
  return opened;
}

describe.each(["ten", "empty", "hostile"] as const)("the page of %s", (name) => {
  test.each(["light", "dark"] as const)(
    "is complete, loads nothing, everybody can read it, and fits into windows of all widths (%s)",
    async (scheme) => {
      const { page, complaints, requests, barriers } = await open(pages[name], { width: 375, scheme });
      // Also what is folded away.
      await page.evaluate("for (const details of document.querySelectorAll('details')) details.open = true");
      expect(await barriers()).toEqual([]);
      for (const width of [320, 375, 768, 1280]) {
        await page.setViewportSize({ width, height: 900 });
        expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(width);
      }
      expect(await barriers()).toEqual([]);
      expect({ complaints, requests }).toEqual({ complaints: [], requests: [] });
    },
    60_000,
  );
});

test("axe would tell of a barrier", async () => {
  const { page, barriers } = await open(companyFacts());
  await page.evaluate("document.querySelector('svg.spark').removeAttribute('aria-label')");
  expect(await barriers()).toEqual([expect.stringContaining("svg-img-alt")]);
});

test("no name becomes markup, and a browser would run nothing that did", async () => {
  const { page, complaints } = await open(hostileFacts(attack));
  expect(await page.locator("img, svg[onload], body script:not(:last-of-type)").count()).toBe(0);
  const shown = await page.locator("h1").textContent();
  expect(shown).toContain("<script>alert(2)</script>");
  expect(shown).toContain("\\u202e\\u0000");

  const image = '<img src="https://example.com/x.png" onerror="document.title = 1">';
  await page.evaluate(`document.body.insertAdjacentHTML("beforeend", ${JSON.stringify(image)})`);
  await expect.poll(() => complaints.join("\n")).toMatch(/Content Security Policy/);
  expect(await page.title()).not.toBe("1");
});

describe("without JavaScript", () => {
  test("all of it is there, tables as tables, and charts and archives open", async () => {
    const { page } = await open(companyFacts(), { hasScripts: false });
    const table = page.getByRole("table", { name: "Applications, the worst first" });
    expect(await table.getByRole("row").count()).toBe(11);
    expect(await table.getByRole("row").nth(1).textContent()).toMatch(/missing[\s\S]*erp01\/erp/);
    expect(await table.getByRole("row", { name: "mail01/roundcube" }).textContent()).toMatch(/stale[\s\S]*92\.5 MB/);
    expect(await page.getByRole("searchbox").count()).toBe(0);
    const archives = page.getByRole("table").nth(1);
    expect(await archives.isVisible()).toBe(false);
    await page.locator("summary", { hasText: "mail01" }).click();
    await archives.waitFor({ state: "visible" });
    expect(await archives.textContent()).toContain("daily 2026-11-22");
  });

  test("it prints its colours for the scheme that the reader has", async () => {
    const colours = await Promise.all(
      (["light", "dark"] as const).map(async (scheme) => {
        const { page } = await open(emptyFacts(), { hasScripts: false, scheme });
        return page.screenshot({ clip: { x: 0, y: 0, width: 4, height: 4 } });
      }),
    );
    expect(colours[0]?.equals(colours[1] ?? Buffer.alloc(0))).toBe(false);
  });
});

test("keys alone reach the filter, an application and its charts", async () => {
  const { page } = await open(companyFacts());
  await page.keyboard.press("Tab");
  await page.keyboard.type("shop ");
  const rows = page.locator(".applications tbody tr:visible");
  await expect.poll(() => rows.allTextContents()).toEqual([expect.stringContaining("shop01")]);
  await expect.poll(() => page.getByRole("status").textContent()).toBe("1 application");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.getByRole("img", { name: "sizes of shop01/shop: " }).waitFor({ state: "visible" });
  await page.getByRole("searchbox").focus();
  await page.keyboard.press("Control+A");
  await page.keyboard.press("Delete");
  await expect.poll(() => rows.count()).toBe(10);
});

test("says on one glance what is wrong, the worst first", async () => {
  const { page } = await open(companyFacts(), { height: 700 });
  expect(await page.title()).toBe("✕ 4 findings - backups on backup01");
  const kinds = await page.locator(".findings .badge").allTextContents();
  expect(kinds).toEqual(["✕ missing", "✕ stale", "✕ shrunk", "! unproven", "– note"]);
  const box = await page.locator(".findings").first().boundingBox();
  expect((box?.y ?? 700) + (box?.height ?? 0)).toBeLessThan(700);
});

test("of a thousand applications it stays small, opens, and finds one by its name", async () => {
  const facts = thousandFacts();
  expect(renderPage(facts).length).toBeLessThan(4_500_000);
  const { page, complaints, requests } = await open(facts, { width: 375 });
  expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(375);
  await page.getByRole("searchbox").fill("git077");
  await expect.poll(() => page.locator(".applications tbody tr:visible").count()).toBe(1);
  expect(await page.getByRole("status").textContent()).toBe("1 application");
  expect({ complaints, requests }).toEqual({ complaints: [], requests: [] });
  expect(await page.locator("#retention").locator("..").getByText("The first 100 open").count()).toBe(1);
}, 60_000);
