import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describeOutcome, run } from "@catapullt/core/process/run";
import { systemProgram } from "./system-packages.ts";
import { createTemporaryDirectory } from "./temporary-directory.ts";

export interface PageView {
  /** Pixels of the window that the page has. */
  width: number;
  scheme?: "light" | "dark";
}

export interface PageFacts {
  /** Pixels that the page would like to have: more than the window's are an overflow. */
  width: number;
  height: number;
  /** Addresses of all that the page loaded or tried to load. */
  requests: readonly string[];
  /** Each kind of element once, with the names of its attributes: `td[style,width]`. */
  elements: readonly string[];
}

const patience = 60_000;
const factsPattern = /<title>facts ([\w+/=]*)<\/title>/;

/** Opens HTML in a real Chromium and tells how it lies there. */
export async function measurePage(html: string, view: PageView): Promise<PageFacts> {
  const [facts] = await measurePages([html], view);
  if (facts === undefined) throw new Error("one page has one answer");
  return facts;
}

/** The same for many pages, with one start of the browser. */
export async function measurePages(pages: readonly string[], view: PageView): Promise<readonly PageFacts[]> {
  return withPage(frames(pages, view), async (browser, url) => {
    const dom = await browser(["--virtual-time-budget=5000", "--dump-dom", url], view);
    const facts = factsPattern.exec(dom.toString("utf8"))?.[1];
    if (facts === undefined) throw new Error("the pages did not tell how they lie");
    return JSON.parse(Buffer.from(facts, "base64").toString("utf8"));
  });
}

/** The page as a PNG, as high as it is long. */
export async function drawPage(html: string, view: PageView): Promise<Buffer> {
  const { height } = await measurePage(html, view);
  return withPage(html, async (browser, url, directory) => {
    const file = join(directory, "page.png");
    await browser([`--window-size=${view.width},${height}`, `--screenshot=${file}`, url], view);
    return readFile(file);
  });
}

type Browser = (args: readonly string[], view: PageView) => Promise<Buffer>;

async function withPage<T>(
  html: string,
  work: (browser: Browser, url: string, directory: string) => Promise<T>,
): Promise<T> {
  const { path, remove } = createTemporaryDirectory("browser");
  try {
    await writeFile(join(path, "page.html"), html);
    return await work((args, view) => runBrowser(args, view, path), `file://${join(path, "page.html")}`, path);
  } finally {
    remove();
  }
}

async function runBrowser(args: readonly string[], { scheme = "light" }: PageView, home: string): Promise<Buffer> {
  const finished = await run(
    systemProgram("chromium"),
    [
      "--headless",
      "--no-sandbox", // refused to root without it
      "--disable-gpu",
      "--disable-dev-shm-usage",
      "--disable-background-networking",
      "--hide-scrollbars",
      `--user-data-dir=${join(home, "profile")}`,
      `--blink-settings=preferredColorScheme=${scheme === "dark" ? 0 : 1}`,
      ...args,
    ],
    { environment: { ...process.env, HOME: home }, timeout: patience },
  );
  if (finished.exitCode !== 0) {
    throw new Error(`chromium failed: ${describeOutcome(finished)}: ${finished.errorOutput.slice(-1_000)}`);
  }
  return finished.output;
}

// Each page stands in a frame of the wanted width, and what is around them measures them.
function frames(pages: readonly string[], { width }: PageView): string {
  const elements = pages.map((html) => {
    const source = html.replaceAll("&", "&amp;").replaceAll('"', "&quot;");
    return `<iframe style="width:${width}px;height:100px;border:0" srcdoc="${source}"></iframe>`;
  });
  return `<!doctype html><meta charset="utf-8"><body>
${elements.join("\n")}
<script>
  const describe = ({ localName, attributes }) => localName + "[" + [...attributes].map(({ name }) => name).sort() + "]";
  const measure = ({ contentDocument, contentWindow }) => ({
    width: contentDocument.documentElement.scrollWidth,
    height: contentDocument.documentElement.scrollHeight,
    requests: contentWindow.performance.getEntriesByType("resource").map(({ name }) => name),
    elements: [...new Set([...contentDocument.querySelectorAll("*")].map(describe))].sort(),
  });
  onload = () => {
    const facts = JSON.stringify([...document.querySelectorAll("iframe")].map(measure));
    document.title = "facts " + btoa(String.fromCharCode(...new TextEncoder().encode(facts)));
  };
</script>`;
}
