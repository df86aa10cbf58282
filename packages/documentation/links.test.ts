import { globSync } from "node:fs";
import { join } from "node:path/posix";
import { expect, test } from "vitest";
import { findBrokenLinks, reachablePages } from "./links.ts";
import { listPages, type Page, parsePage, readPage } from "./page.ts";

const pages = new Map(listPages().map((path) => [path, readPage(path)]));

test.each([...pages.keys()])("%s has links and pictures that lead somewhere", (path) => {
  expect(findBrokenLinks(pages.get(path) as Page, pages)).toEqual([]);
});

test("README.md leads to every page of the documentation", () => {
  const reached = reachablePages("README.md", pages);
  expect([...pages.keys()].filter((path) => !reached.has(path))).toEqual([]);
});

test("README.md has a link of its own for every page, but for those that a page of the same subject lists", () => {
  const listed = new Set(pages.get("README.md")?.links.map(({ target }) => target));
  const listedElsewhere =
    /^docs\/(?:decisions|reference\/applications|how-to\/transports)\/|^docs\/how-to\/did-not-run-/;
  const own = [...pages.keys()].filter((path) => path.startsWith("docs/") && !listedElsewhere.test(path));
  expect(own.filter((path) => !listed.has(path))).toEqual([]);
});

test("every picture is shown by a page", () => {
  const shown = [...pages.values()].flatMap(({ path, pictures }) =>
    pictures.map(({ target }) => join(path, "..", target)),
  );
  const files = globSync("docs/pictures/**/*.png", { cwd: new URL("../../", import.meta.url) });
  expect(files.filter((file) => !shown.includes(file))).toEqual([]);
});

test("a link to nothing, to a heading that is not there, and a picture without words are found", () => {
  const text = `# One heading

[not at this place](README.md), [gone](gone.md), [no heading](#two-headings), [elsewhere](https://example.com/gone),
[a heading](#one-heading), [README's](../README.md)

<a href="gone.html">HTML</a> <a id="by-hand"></a> [there](#by-hand) <img src="pictures/success.png" alt="">

![](pictures/success.png) ![words](pictures/gone.png) ![words](https://example.com/picture.png)
`;
  const page = parsePage("docs/security.md", text);
  expect(findBrokenLinks(page, new Map([...pages, [page.path, page]]))).toEqual([
    "docs/security.md:3: README.md does not exist",
    "docs/security.md:3: gone.md does not exist",
    "docs/security.md:3: #two-headings is no heading there",
    "docs/security.md:6: gone.html does not exist",
    "docs/security.md:6: pictures/success.png has no words for who cannot see it",
    "docs/security.md:8: pictures/success.png has no words for who cannot see it",
    "docs/security.md:8: pictures/gone.png does not exist",
    "docs/security.md:8: https://example.com/picture.png would be loaded from another site",
  ]);
});
