import type { Message } from "./message.ts";
import { renderBodies } from "./render.ts";

const title = "Please note";

/** The message with what is known only when it is sent said first: that it is late, or what was not told before. */
export function withNotes(message: Message, notes: readonly string[]): Message {
  if (notes.length === 0) return message;
  const { notes: known = [], content } = message;
  const items = [...notes, ...known];
  const others = known.length === 0 ? content.sections : content.sections.slice(1);
  const sections = [{ kind: "list" as const, title, items }, ...others];
  return { ...message, notes: items, ...renderBodies({ ...content, sections }) };
}
