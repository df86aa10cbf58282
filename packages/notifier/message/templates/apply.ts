import { readFile } from "node:fs/promises";
import { errorMessage, hasErrorCode } from "@catapullt/core/errors";
import { escapeHtml } from "@catapullt/core/html";
import { redact } from "@catapullt/core/log/redaction";
import { cleanLine, removeControls, shorten } from "../clean.ts";
import type { Content } from "../content.ts";
import { documentOf } from "../document.ts";
import type { Message } from "../message.ts";
import { longestSubject } from "../subject.ts";
import type { TemplateSource, Templates } from "../template-settings.ts";
import { renderTemplate } from "./render.ts";
import type { TemplateTarget } from "./values.ts";

export interface AppliedTemplates {
  message: Message;
  /** Why parts have notify's own form all the same: `text: line 1, column 4: …` */
  problems: readonly string[];
}

const longestBody = 200_000;
export const longestTemplate = 100_000;

/**
 * The message in the form that these templates give it. Never rejects for a template: a part whose template cannot be used
 * keeps notify's own form, and the message says so.
 */
export async function applyTemplates(message: Message, templates: Templates): Promise<AppliedTemplates> {
  if (message.kind === "digest") return { message, problems: [] };
  const problems: string[] = [];
  const document = documentOf(message);
  const render = async (part: keyof Templates, target: TemplateTarget): Promise<string | undefined> => {
    const source = templates[part];
    if (source === undefined) return undefined;
    const read = await readTemplate(source);
    const { text, problem } = read.text === undefined ? read : renderTemplate(read.text, target, document);
    if (text !== undefined && text.trim() !== "") return shorten(removeControls(redact(text)), longestBody);
    problems.push(`${part}: ${problem ?? "it gives no text"}`);
    return undefined;
  };
  const subject = await render("subject", "text");
  const text = await render("text", "text");
  const html = await render("html", "html");
  const applied: Message = {
    ...message,
    ...(subject === undefined ? {} : { subject: shorten(cleanLine(subject), longestSubject) }),
    // A text of one's own beside HTML of another kind would hardly be seen.
    ...(text === undefined ? {} : withOwnText(message, text)),
    ...(html === undefined ? {} : { html: insertHtml(html, message.notes ?? [], "start") }),
  };
  return { message: problems.length === 0 ? applied : addNote(applied, problems), problems };
}

/** A template's text, or why it cannot be had. */
export async function readTemplate(source: TemplateSource) {
  if (typeof source === "string") return { text: source };
  try {
    const text = await readFile(source.file, "utf8");
    return text.length <= longestTemplate ? { text } : { problem: `${source.file} is too large` };
  } catch (error) {
    if (hasErrorCode(error, "ENOENT", "ENOTDIR")) return { problem: `${source.file} does not exist` };
    return { problem: `${source.file} cannot be read: ${errorMessage(error)}` };
  }
}

/** What is known only when a message is sent stands above a text of one's own too. */
function withOwnText({ content, notes = [] }: Message, own: string): Pick<Message, "text" | "html" | "content"> {
  const text = [...notes.map((note) => `${note}\n\n`), own].join("");
  return { text, html: "", content: { ...content, body: text.trim() } };
}

const excuse = "A template could not be used, so this is notify's own form. Run: notify config check";

function addNote(message: Message, problems: readonly string[]): Message {
  const lines = [excuse, ...problems].map(cleanLine);
  return {
    ...message,
    text: `${message.text.trimEnd()}\n\n${lines.join("\n")}\n`,
    html: message.html === "" ? "" : insertHtml(message.html, lines, "end"),
    content: addSection(message.content, lines),
  };
}

function insertHtml(html: string, lines: readonly string[], place: "start" | "end"): string {
  if (lines.length === 0) return html;
  const note = `<p>${lines.map(escapeHtml).join("<br>\n")}</p>\n`;
  const start = /<body\b[^>]*>/i.exec(html);
  const end = html.toLowerCase().lastIndexOf("</body");
  const index = place === "start" ? (start?.index ?? 0) + (start?.[0].length ?? 0) : end < 0 ? html.length : end;
  return `${html.slice(0, index)}${note}${html.slice(index)}`;
}

function addSection(content: Content, items: readonly string[]): Content {
  const sections = [...content.sections, { kind: "list" as const, title: "About this message", items }];
  const body = content.body === undefined ? undefined : `${content.body}\n\n${items.join("\n")}`;
  return { ...content, sections, body };
}
