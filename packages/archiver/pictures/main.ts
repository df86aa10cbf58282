import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openPage, startBrowser } from "@catapullt/testkit/open-page";
import { createTemporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { fingerprint, htmlOf, type Picture, pictures } from "./list.ts";

const directory = new URL("../../../docs/pictures/report/", import.meta.url);
const temporary = createTemporaryDirectory("pictures");
const browser = await startBrowser();
try {
  mkdirSync(directory, { recursive: true });
  for (const picture of pictures) writeFileSync(new URL(picture.file, directory), await draw(picture));
  const fingerprints = Object.fromEntries(pictures.map((picture) => [picture.file, fingerprint(picture)]));
  writeFileSync(new URL("pictures.json", directory), `${JSON.stringify(fingerprints, null, 2)}\n`);
} finally {
  await browser.close();
  temporary.remove();
}

async function draw(picture: Picture): Promise<Buffer> {
  const { width, height, scheme, part } = picture;
  const file = join(temporary.path, "page.html");
  writeFileSync(file, htmlOf(picture));
  const { page } = await openPage(browser, file, { width, scheme, ...(height === undefined ? {} : { height }) });
  try {
    if (part === undefined) return await page.screenshot({ fullPage: height === undefined });
    const shown = page.locator(part);
    if (part.startsWith("details")) await shown.locator("summary").click();
    return await shown.screenshot();
  } finally {
    await page.context().close();
  }
}
