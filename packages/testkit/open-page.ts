import { createRequire } from "node:module";
import { type Browser, chromium, type Page } from "playwright-core";
import { systemProgram } from "./system-packages.ts";

export interface OpenPageOptions {
  width: number;
  height?: number;
  scheme?: "light" | "dark";
  /** Whether the browser runs scripts. */
  hasScripts?: boolean;
}

export interface OpenPage {
  page: Page;
  /** What the browser said was wrong: its console's errors and warnings, and exceptions. */
  complaints: string[];
  /** Addresses of all that was asked for, the page itself aside. */
  requests: string[];
  /** What axe finds against the rules of WCAG 2.1 A and AA and good practice: rule and element. */
  barriers(): Promise<string[]>;
}

/** Debian's Chromium, driven by playwright. Close it after use. */
export function startBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: systemProgram("chromium"),
    args: ["--no-sandbox", "--disable-dev-shm-usage"],
  });
}

/** Opens a file as a user would by a double click. */
export async function openPage(
  browser: Browser,
  file: string,
  { width, height = 900, scheme = "light", hasScripts = true }: OpenPageOptions,
): Promise<OpenPage> {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: scheme,
    javaScriptEnabled: hasScripts,
    bypassCSP: false,
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  const requests: string[] = [];
  const url = `file://${file}`;
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("dialog", (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    return dialog.dismiss();
  });
  page.on("request", (request) => {
    if (request.url() !== url) requests.push(request.url());
  });
  await page.goto(url, { waitUntil: "load" });
  return { page, complaints, requests, barriers: () => findBarriers(page) };
}

interface AxeResults {
  violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[];
}

// Through the debugger, which the page's own policy does not hold back.
async function findBarriers(page: Page): Promise<string[]> {
  const { source } = createRequire(import.meta.url)("axe-core") as { source: string };
  const { violations } = (await page.evaluate(
    `${source}; axe.run(document, { resultTypes: ["violations"] })`,
  )) as AxeResults;
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)}: ${failureSummary}`),
  );
}
