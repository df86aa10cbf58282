import { mkdir, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { errorMessage, hasErrorCode, OperationError } from "@catapullt/core/errors";
import { appendJsonLine } from "@catapullt/core/json-lines";
import { z } from "zod";
import type { RemotePath } from "../remote/remote.ts";

const moment = z.iso.datetime({ precision: 3 });
const identity = { at: moment, destination: z.string(), application: z.string(), name: z.string() };
const archive = { ...identity, bytes: z.int().nonnegative(), sha1: z.string().regex(/^[0-9a-f]{40}$/) };

const recordSchema = z.discriminatedUnion("event", [
  /** A part of this archive may lie at the destination. */
  z.object({ ...identity, event: z.literal("begun") }),
  /** The archive and its sidecar were at the destination, and hashed. */
  z.object({
    ...archive,
    event: z.literal("pushed"),
    /** Whether the other side has said that it has reached its disk. */
    durable: z.boolean(),
    /** How long it took; null where it was there already and was read back. */
    seconds: z.number().nonnegative().nullable(),
  }),
  /** Written before the archive is removed here. */
  z.object({
    ...archive,
    event: z.literal("removed"),
    proof: z.object({ pushedAt: moment, durable: z.boolean() }),
  }),
]);

export type PushRecord = z.infer<typeof recordSchema>;
export type PushedRecord = Extract<PushRecord, { event: "pushed" }>;

/** What this host has sent to one destination. */
export interface PushRecords {
  /** The last record of having sent an archive with this hash. */
  pushed(archive: RemotePath & { sha1: string }): PushedRecord | undefined;
  /** Archives whose sending was begun, and never ended. */
  unfinished(): RemotePath[];
  /** Adds a record; durable when it returns. */
  add(record: PushRecord): Promise<void>;
}

const fileMode = 0o640;

/** Opens the records in a file of JSON Lines, which is made by the first one. Fails with `state-unusable`. */
export async function openRecords(path: string, destination: string): Promise<PushRecords> {
  const pushed = new Map<string, PushedRecord>();
  const begun = new Map<string, RemotePath>();
  const note = (record: PushRecord) => {
    if (record.destination !== destination) return;
    if (record.event === "begun") begun.set(key(record), { application: record.application, name: record.name });
    if (record.event !== "pushed") return;
    begun.delete(key(record));
    pushed.set(key(record), record);
  };
  for (const record of await read(path)) note(record);
  return {
    pushed(archive) {
      const record = pushed.get(key(archive));
      return record?.sha1 === archive.sha1 ? record : undefined;
    },
    unfinished: () => [...begun.values()],
    async add(record) {
      await atPath(path, async () => {
        await mkdir(dirname(path), { recursive: true, mode: 0o750 });
        await appendJsonLine(path, record, fileMode);
      });
      note(record);
    },
  };
}

// Lines that a crash cut off, or that a later version wrote, are left out.
async function read(path: string): Promise<PushRecord[]> {
  return atPath(path, async () => {
    try {
      return (await readFile(path, "utf8")).split("\n").flatMap((line) => parseRecord(line));
    } catch (error) {
      if (hasErrorCode(error, "ENOENT")) return [];
      throw error;
    }
  });
}

function parseRecord(line: string): PushRecord[] {
  try {
    const parsed = recordSchema.safeParse(JSON.parse(line));
    return parsed.success ? [parsed.data] : [];
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}

async function atPath<Result>(path: string, action: () => Promise<Result>): Promise<Result> {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error;
    throw new OperationError("state-unusable", `the records of what was sent, ${path}: ${errorMessage(error)}`, {
      hint: "nothing is sent or removed without them: make the directory writable for this user, or set `stateDir` to one that is",
      cause: error,
    });
  }
}

function key({ application, name }: RemotePath): string {
  return `${application}/${name}`;
}
