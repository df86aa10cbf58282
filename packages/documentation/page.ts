import { globSync, readFileSync } from "node:fs";
import GithubSlugger from "github-slugger";
import type { Node } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { toString as textOf } from "mdast-util-to-string";
import { visit } from "unist-util-visit";

export interface CodeBlock {
  language: string;
  /** With a line break at its end. */
  content: string;
  /** The paragraph right before it. */
  paragraph: string;
  /** What that paragraph names in backquotes last, such as a file's path. */
  named: string | undefined;
  /** The last heading before it. */
  heading: string;
  /** Where it begins. */
  line: number;
}

export interface Link {
  /** As it stands there: `../security.md#ssh`. */
  target: string;
  line: number;
}

export interface Picture extends Link {
  alternative: string;
}

/** A Markdown file. Lines count from 1. */
export interface Page {
  /** From the repository on: `docs/how-to/check.md`. */
  path: string;
  /** What may stand behind `#` in a link to it. */
  anchors: ReadonlySet<string>;
  links: Link[];
  pictures: Picture[];
  codeBlocks: CodeBlock[];
  /** What stands in backquotes. */
  codeSpans: { text: string; line: number }[];
}

const repository = new URL("../../", import.meta.url);

/** The paths of all Markdown files of the repository, but those of libraries and of what is built. */
export function listPages(): string[] {
  const paths = globSync("**/*.md", { cwd: repository, exclude: (name) => ["node_modules", "dist"].includes(name) });
  return paths.sort();
}

/** Reads a Markdown file by its path from the repository on. */
export function readPage(path: string): Page {
  return parsePage(path, readFileSync(new URL(path, repository), "utf8"));
}

/** Headings get their anchors as GitHub gives them. */
export function parsePage(path: string, text: string): Page {
  const slugger = new GithubSlugger();
  const anchors = new Set<string>();
  const page: Page = { path, anchors, links: [], pictures: [], codeBlocks: [], codeSpans: [] };
  let heading = "";
  visit(fromMarkdown(text), (node) => {
    const line = lineOf(node);
    if (node.type === "heading") {
      heading = textOf(node);
      anchors.add(slugger.slug(heading));
    }
    if (node.type === "link" || node.type === "definition") page.links.push({ target: node.url, line });
    if (node.type === "image") page.pictures.push({ target: node.url, alternative: node.alt ?? "", line });
    if (node.type === "html") {
      page.links.push(...attributesOf(node.value, "a", "href").map((target) => ({ target, line })));
      page.pictures.push(...picturesOf(node.value).map((picture) => ({ ...picture, line })));
      for (const anchor of attributesOf(node.value, "a", "(?:id|name)")) anchors.add(anchor);
    }
    if (node.type === "inlineCode") page.codeSpans.push({ text: node.value, line });
    if (node.type !== "code") return;
    const paragraph = text.slice(0, node.position?.start.offset).trimEnd().split("\n\n").at(-1) ?? "";
    const named = [...paragraph.matchAll(/`([^`\n]+)`/g)].at(-1)?.[1];
    page.codeBlocks.push({ language: node.lang ?? "", content: `${node.value}\n`, paragraph, named, heading, line });
  });
  return page;
}

function attributesOf(html: string, element: string, attribute: string): string[] {
  const pattern = new RegExp(`<${element}\\b[^>]*?\\s${attribute}="([^"]*)"`, "gi");
  return [...html.matchAll(pattern)].map(([, value = ""]) => value);
}

function picturesOf(html: string): Omit<Picture, "line">[] {
  const pictures = html.match(/<img\b[^>]*>/gi) ?? [];
  return pictures.map((picture) => {
    const [[target = ""], [alternative = ""]] = [
      attributesOf(picture, "img", "src"),
      attributesOf(picture, "img", "alt"),
    ];
    return { target, alternative };
  });
}

function lineOf({ position }: Node): number {
  return position?.start.line ?? 0;
}
