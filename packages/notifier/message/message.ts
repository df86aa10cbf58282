import type { OutcomeState } from "../outcome.ts";
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
  /** One line. */
  subject: string;
  text: string;
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
}
