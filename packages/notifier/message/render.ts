import { randomUUID } from "node:crypto";
import { endingExitCode } from "../ending.ts";
import { eventsOf, type Outcome } from "../outcome.ts";
import { cleanLine } from "./clean.ts";
import { composeOutcome } from "./compose.ts";
import type { Content } from "./content.ts";
import { renderHtml } from "./html.ts";
import type { Message } from "./message.ts";
import { figuresOf } from "./run-figures.ts";
import { formatSubject, renderSubject } from "./subject.ts";
import { renderText } from "./text.ts";

/** The message about a run. */
export function renderOutcome(outcome: Outcome): Message {
  return {
    id: randomUUID(),
    kind: "run",
    time: outcome.endedAt,
    job: cleanLine(outcome.job),
    host: cleanLine(outcome.host),
    state: outcome.state,
    isRecovery: eventsOf(outcome).includes("recovery"),
    run: {
      exitCode: endingExitCode(outcome.ending),
      startedAt: outcome.startedAt,
      duration: outcome.duration,
      figures: figuresOf(outcome),
    },
    subject: renderSubject(outcome),
    ...renderBodies(composeOutcome(outcome)),
  };
}

/** The message that `notify test` sends. */
export function renderTest(host: string, time: Date): Message {
  const headline = cleanLine(`notify on ${host}`);
  const summary = "This is a test. Messages about backups will look like this and come this way.";
  return {
    id: randomUUID(),
    kind: "test",
    time,
    job: "notify test",
    host: cleanLine(host),
    state: "test",
    isRecovery: false,
    run: undefined,
    subject: formatSubject("TEST", `${headline}: messages arrive`),
    ...renderBodies({ badge: "TEST", tone: "good", headline, summary, sections: [] }),
  };
}

/** All forms of a message's content. */
export function renderBodies(content: Content): Pick<Message, "text" | "html" | "content"> {
  return { text: renderText(content), html: renderHtml(content), content };
}
