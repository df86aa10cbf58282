import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path/posix";
import { fileURLToPath } from "node:url";
import type { Link, Page } from "./page.ts";

const repository = fileURLToPath(new URL("../../", import.meta.url));

/** Links and pictures of a page that lead to nothing, each as `page:line: what`. Other sites are not asked. */
export function findBrokenLinks(page: Page, pages: ReadonlyMap<string, Page>): string[] {
  const broken = (link: Link, problem: string) => `${page.path}:${link.line}: ${link.target} ${problem}`;
  return [
    ...page.links.flatMap((link) => {
      if (leadsElsewhere(link)) return [];
      const { path, anchor } = destinationOf(page, link);
      if (!existsSync(join(repository, path))) return [broken(link, "does not exist")];
      if (anchor === "" || pages.get(path)?.anchors.has(anchor)) return [];
      return [broken(link, "is no heading there")];
    }),
    ...page.pictures.flatMap((picture) => {
      const { path } = destinationOf(page, picture);
      if (leadsElsewhere(picture)) return [broken(picture, "would be loaded from another site")];
      if (!existsSync(join(repository, path))) return [broken(picture, "does not exist")];
      return picture.alternative.trim() === "" ? [broken(picture, "has no words for who cannot see it")] : [];
    }),
  ];
}

/** The pages to which links lead from one page on, that page included. A directory leads to its README.md, or else to all in it. */
export function reachablePages(start: string, pages: ReadonlyMap<string, Page>): Set<string> {
  const reached = new Set<string>();
  const waiting = [start];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const page = pages.get(path);
    if (page === undefined || reached.has(path)) continue;
    reached.add(path);
    const links = page.links.filter((link) => !leadsElsewhere(link));
    waiting.push(...links.flatMap((link) => filesAt(destinationOf(page, link).path)));
  }
  return reached;
}

function leadsElsewhere({ target }: Link): boolean {
  return /^[a-z][a-z0-9+.-]*:/i.test(target);
}

function destinationOf({ path }: Page, { target }: Link): { path: string; anchor: string } {
  const [file = "", anchor = ""] = decodeURI(target).split("#");
  return { path: file === "" ? path : join(path, "..", file), anchor };
}

function filesAt(path: string): string[] {
  const place = join(repository, path);
  if (!existsSync(place) || !statSync(place).isDirectory()) return [path];
  const names = readdirSync(place);
  return names.includes("README.md") ? [join(path, "README.md")] : names.map((name) => join(path, name));
}
