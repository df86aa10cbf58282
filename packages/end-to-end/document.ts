import { readFileSync } from "node:fs";

export interface CodeBlock {
  language: string;
  content: string;
  /** What the text right before it names in backquotes last, such as a file's path. */
  named: string | undefined;
  /** The paragraph right before it. */
  paragraph: string;
}

/** The fenced code blocks of a Markdown document below `docs/`, in order; a block whose fence is longer may hold others. */
export function readCodeBlocks(document: string): CodeBlock[] {
  const text = readFileSync(new URL(`../../docs/${document}`, import.meta.url), "utf8");
  return [...text.matchAll(/^(`{3,})(\w*)\n([\s\S]*?)^\1$/gm)].map(({ 2: language = "", 3: content = "", index }) => {
    const paragraph = text.slice(0, index).trimEnd().split("\n\n").at(-1) ?? "";
    return { language, content, paragraph, named: [...paragraph.matchAll(/`([^`\n]+)`/g)].at(-1)?.[1] };
  });
}
