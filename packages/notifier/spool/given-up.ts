import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { writeFileAtomically } from "@catapullt/core/atomic-file";
import { hasErrorCode } from "@catapullt/core/errors";
import { makeDirectory } from "@catapullt/core/make-directory";
import { z } from "zod";
import { countOf, formatMoment } from "../message/figures.ts";
import { withStateLock } from "../state/state-lock.ts";
import type { SpoolFile } from "./file-name.ts";
import { spoolIn } from "./store.ts";

/** Messages that a transport will never get, until it has been told so. */
export interface GivenUp {
  messages: number;
  successes: number;
  from: Date;
  to: Date;
}

/** By the transport's identity. */
export type GivenUpLedger = Readonly<Record<string, GivenUp>>;

const moment = z.iso.datetime().transform((text) => new Date(text));
const ledgerSchema = z.record(
  z.string(),
  z.object({ messages: z.int(), successes: z.int(), from: moment, to: moment }),
);

/** What was given up and not told yet; nothing where that cannot be read. */
export async function readGivenUp(stateDirectory: string): Promise<GivenUpLedger> {
  try {
    return ledgerSchema.safeParse(JSON.parse(await readFile(ledgerFile(stateDirectory), "utf8"))).data ?? {};
  } catch (error) {
    if (error instanceof SyntaxError || hasErrorCode(error, "ENOENT", "ENOTDIR", "EACCES")) return {};
    throw error;
  }
}

/** Counts what was given up, to be told with the next message. */
export function countGivenUp(stateDirectory: string, files: readonly SpoolFile[]): Promise<void> {
  return changeLedger(stateDirectory, (ledger) => {
    const counted = { ...ledger };
    for (const file of files) counted[file.identity] = addFile(counted[file.identity], file);
    return counted;
  });
}

/** Forgets what a transport has been told: not what came since. */
export function settleGivenUp(stateDirectory: string, told: GivenUpLedger): Promise<void> {
  return changeLedger(stateDirectory, (ledger) => {
    const open = Object.entries(ledger).flatMap(([identity, entry]): [string, GivenUp][] => {
      const { messages = 0, successes = 0, to = entry.from } = told[identity] ?? {};
      const left = { ...entry, messages: entry.messages - messages, successes: entry.successes - successes };
      return left.messages > 0 ? [[identity, messages > 0 ? { ...left, from: to } : left]] : [];
    });
    return Object.fromEntries(open);
  });
}

/** For a message's notes and for the log. */
export function describeGivenUp({ messages, successes, from, to }: GivenUp): string {
  const of = successes === 0 ? "" : `, ${successes === messages ? "all" : successes} of them about successes`;
  const when = messages === 1 ? `of ${formatMoment(from)}` : `from ${formatMoment(from)} to ${formatMoment(to)}`;
  return `${countOf(messages, "earlier message")} ${when} could not be sent and had to be given up${of} (see \`spool\` in the configuration).`;
}

/** Several entries as one; undefined where there is none. */
export function sumGivenUp(entries: readonly GivenUp[]): GivenUp | undefined {
  const [first, ...rest] = entries;
  if (first === undefined) return undefined;
  return rest.reduce(
    (sum, { messages, successes, from, to }) => ({
      messages: sum.messages + messages,
      successes: sum.successes + successes,
      from: new Date(Math.min(from.getTime(), sum.from.getTime())),
      to: new Date(Math.max(to.getTime(), sum.to.getTime())),
    }),
    first,
  );
}

function addFile(entry: GivenUp | undefined, { queuedAt, isSuccess }: SpoolFile): GivenUp {
  const one = { messages: 1, successes: isSuccess ? 1 : 0, from: queuedAt, to: queuedAt };
  return sumGivenUp(entry === undefined ? [one] : [entry, one]) ?? one;
}

function changeLedger(stateDirectory: string, change: (ledger: GivenUpLedger) => GivenUpLedger): Promise<void> {
  return withStateLock(stateDirectory, "given-up", async () => {
    const changed = change(await readGivenUp(stateDirectory));
    makeDirectory(spoolIn(stateDirectory), 0o700);
    await writeFileAtomically(ledgerFile(stateDirectory), `${JSON.stringify(changed)}\n`, { mode: 0o600 });
  });
}

function ledgerFile(stateDirectory: string): string {
  return join(spoolIn(stateDirectory), "given-up.json");
}
