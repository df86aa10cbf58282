import { createHash } from "node:crypto";
import { type ProcessIdentity, processIdentitySchema } from "@catapullt/core/process/process-identity";
import { z } from "zod";
import { type Event, events } from "../events.ts";
import type { Message } from "../message/message.ts";

/** A message that one transport has not taken yet. */
export interface SpoolEntry {
  /** Of the transport that it is for. */
  identity: string;
  type: string;
  /** What it is, for another transport's `on` where this one is gone. */
  events: readonly Event[];
  message: Message;
  queuedAt: Date;
  /** How often it was tried in vain. */
  tries: number;
  lastFailure: SpoolFailure | undefined;
  /** Who sends it just now. */
  sender: ProcessIdentity | undefined;
}

export interface SpoolFailure {
  at: Date;
  problem: string;
  /** False where the other side said no to this message for good. */
  isTransient: boolean;
  /** Until then the other side asked for no more messages. */
  retryAt?: Date | undefined;
}

/** Raised when entries change in a way that other versions would misread. */
export const spoolVersion = 1;

const momentSchema = z.iso.datetime().transform((text) => new Date(text));

const entrySchema = z.strictObject({
  schemaVersion: z.literal(spoolVersion),
  identity: z.string().regex(/^[a-z0-9-]+$/),
  type: z.string(),
  events: z.array(z.enum(events)),
  queuedAt: momentSchema,
  tries: z.int().nonnegative(),
  lastFailure: z
    .strictObject({ at: momentSchema, problem: z.string(), isTransient: z.boolean(), retryAt: momentSchema.optional() })
    .optional(),
  sender: processIdentitySchema.optional(),
  message: z.looseObject({ id: z.string().regex(/^[a-zA-Z0-9-]+$/) }),
  /** Of the message: what was damaged is not sent to anybody. */
  sha256: z.string(),
});

/** An entry as the text of its file. */
export function formatEntry({ message, ...entry }: SpoolEntry): string {
  const text = JSON.stringify(message, tagDate);
  return `{"schemaVersion":${spoolVersion},${JSON.stringify(entry).slice(1, -1)},"sha256":"${hash(text)}","message":${text}}\n`;
}

/** An entry from the text of its file; undefined where that is damaged, or another version's. */
export function parseEntry(text: string): SpoolEntry | undefined {
  const { data } = entrySchema.safeParse(parseJson(text));
  if (data === undefined) return undefined;
  const { schemaVersion: _, sha256, message, ...entry } = data;
  if (hash(JSON.stringify(message)) !== sha256) return undefined;
  // The hash says that it is what `formatEntry` was given.
  const restored = JSON.parse(JSON.stringify(message), restoreDate) as Message;
  return { ...entry, lastFailure: entry.lastFailure, sender: entry.sender, message: restored };
}

const dateTag = "$date";

// A date is text before a replacer sees it, but for the object that holds it.
function tagDate(this: Record<string, unknown>, key: string, value: unknown): unknown {
  const original = this[key];
  return original instanceof Date ? { [dateTag]: original.toISOString() } : value;
}

function restoreDate(_key: string, value: unknown): unknown {
  const isTagged = typeof value === "object" && value !== null && dateTag in value;
  return isTagged ? new Date(String(value[dateTag])) : value;
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
