import type { OutcomeState } from "../outcome.ts";

/** What a transport sends. */
export interface Message {
  /** Unique, made of letters, digits and dashes: the same message sent twice can be told. */
  id: string;
  /** When the run ended. */
  time: Date;
  job: string;
  host: string;
  state: OutcomeState | "test";
  /** One line. */
  subject: string;
  text: string;
  html: string;
}
