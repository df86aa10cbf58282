import type { OutcomeState } from "../outcome.ts";
import type { SizeChange } from "./change.ts";
import type { Content } from "./content.ts";

/** What a transport sends. All its texts are clean: no control characters, no secrets. */
export interface Message {
  /** Unique, made of letters, digits and dashes: the same message sent twice can be told. */
  id: string;
  kind: MessageKind;
  /** When what it tells of happened: when the run ended. */
  time: Date;
  job: string;
  host: string;
  state: OutcomeState | "test";
  /** True for the first run that is no failure after one or more that were, or that did not come. */
  isRecovery: boolean;
  /** The run that it tells of; undefined where it tells of none. */
  run: MessageRun | undefined;
  /** What became known only when it was sent: that it is late, or what was not told before. Stands in the bodies as well. */
  notes?: readonly string[];
  /** One line. */
  subject: string;
  text: string;
  /** Empty where a mail has its text alone. */
  html: string;
  /** The same in parts, for services with a form of their own. */
  content: Content;
}

/** What a message is about: a run that ended, a run that did not come or does not end, all jobs together, or nothing. */
export type MessageKind = "run" | "missed" | "digest" | "test";

export interface MessageRun {
  /** notify's own, which is the command's. */
  exitCode: number;
  startedAt: Date;
  /** Milliseconds. */
  duration: number;
  figures: RunFigures;
}

/** What documents and templates say of a run besides its texts. Its texts are clean, too, and all of it is JSON. */
export interface RunFigures {
  /** Of all archives; `null` where the run reported none, as for everything that is not known. */
  bytes: number | null;
  archives: readonly MessageArchive[];
  change: SizeChange | null;
  /** How the job goes, this run included; `since` is when the first of its runs with this state ended. */
  streak: { runs: number; since: string };
}

export interface MessageArchive {
  host: string;
  application: string;
  name: string;
  path: string;
  bytes: number;
  sha1: string;
  version: string | null;
}
