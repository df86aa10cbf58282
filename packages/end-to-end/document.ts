import { readFileSync } from "node:fs";

export interface CodeBlock {
  language: string;
  content: string;
  /** What the text right before it names in backquotes last, such as a file's path. */
  named: string | undefined;
  /** The paragraph right before it. */
  paragraph: string;
}

/** The fenced code blocks of a Markdown document below `docs/`, in order. */
export function readCodeBlocks(document: string): CodeBlock[] {
  const text = readFileSync(new URL(`../../docs/${document}`, import.meta.url), "utf8");
  return [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(({ 1: language = "", 2: content = "", index }) => {
    const paragraph = text.slice(0, index).trimEnd().split("\n\n").at(-1) ?? "";
    return { language, content, paragraph, named: [...paragraph.matchAll(/`([^`\n]+)`/g)].at(-1)?.[1] };
  });
}
