import { type CodeBlock, readPage } from "@catapullt/documentation/page";

/** The fenced code blocks of a Markdown document below `docs/`, in order. */
export function readCodeBlocks(document: string): CodeBlock[] {
  return readPage(`docs/${document}`).codeBlocks;
}
