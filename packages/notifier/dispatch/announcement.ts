import type { Event } from "../events.ts";
import type { Message } from "../message/message.ts";

/**
 * Something that everybody who wants to know is to be told. A message of kind `digest` goes to the transports with `digest`,
 * whatever their `on`; any other to those whose `on` names one of its events.
 */
export interface Announcement {
  message: Message;
  /** What it is, for the transports' `on`; none for a digest. */
  events: readonly Event[];
  /** Whose record says who was told; undefined where it is about no job in particular. */
  job: string | undefined;
  /**
   * The trouble that it tells of in words that stay the same while it goes on, such as `failure, exit code 1`: while it does,
   * it is told once per `remind` (kind `missed`: 24h unless set), and anything else is news. Absent: told every time.
   */
  what?: string | undefined;
  /** True where a newer run of the job was told already: what shows the present state alone must not go back to this one. */
  isOutdated?: boolean | undefined;
  /** Called when all that is to be sent is stored, before it is sent: from then on nobody else need remember it. */
  onStored?: (() => Promise<void>) | undefined;
}
