import { escapeHtml } from "@catapullt/core/html";

/** The three characters that HTML-like message formats give a meaning to, and no others. */
export function escapeTags(text: string): string {
  return text.replace(/[&<>]/g, escapeHtml);
}

const zeroWidthSpace = "\u200b";

/** Text within a Markdown code fence, which it cannot end: nothing in it is markup, a mention or a link. */
export function fence(text: string): string {
  return `\`\`\`\n${separateBackticks(text)}\n\`\`\``;
}

function separateBackticks(text: string): string {
  return text.replace(/`(?=`)/g, `\`${zeroWidthSpace}`);
}

/** One line as a Markdown code span, for the same reason. */
export function codeSpan(line: string): string {
  return `\`${line.replaceAll("`", "'")}\``;
}

/** Takes apart what services make a mention of, such as `@all`; it looks the same. */
export function separateMentions(text: string): string {
  return text.replace(/@(?=\S)/g, `@${zeroWidthSpace}`);
}
