import type { Logger } from "@catapullt/core/log/logger";
import { countOf } from "../message/figures.ts";
import type { Attempt } from "../spool/parcel.ts";
import type { Delivery } from "./deliver.ts";

/** Logs what was sent, and for what was not, why and what to do. */
export function logDeliveries(deliveries: readonly Delivery[], log: Logger): void {
  for (const delivery of deliveries) logDelivery(delivery, log, []);
}

/** The same for a round of the spool; one line for all that is late and still waits. */
export function logAttempts(attempts: readonly Attempt[], log: Logger): void {
  for (const { isOwn, delivery, result } of attempts) {
    if (delivery !== undefined && (isOwn || result === "sent"))
      logDelivery(delivery, log, isOwn ? afterwards[result] : []);
  }
  for (const [identity, waiting] of Map.groupBy(
    attempts.filter(isLateAndWaiting),
    ({ parcel }) => parcel.entry.identity,
  )) {
    const isNew = !attempts.some(
      ({ isOwn, parcel, result }) => isOwn && parcel.entry.identity === identity && result !== "sent",
    );
    if (isNew) logWaiting(waiting, log);
  }
}

const afterwards: Record<Attempt["result"], readonly string[]> = {
  sent: [],
  waiting: ["it is kept, and sent with the next run or by `notify flush`"],
  lost: ["it could not be kept either, so it is lost: make the state directory writable for this user"],
  "given-up": [],
  superseded: [],
};

function logDelivery({ transport, failure, tries }: Delivery, log: Logger, more: readonly string[]): void {
  if (failure === undefined) {
    log.debug({ tries }, `message sent through ${transport}`);
    return;
  }
  const lines = [`no message was sent through ${transport}: ${failure.message}`, failure.hint ?? "", ...more];
  log.error({ code: failure.code, tries }, lines.filter((line) => line !== "").join("\n"));
}

function isLateAndWaiting({ isOwn, result }: Attempt): boolean {
  return !isOwn && result === "waiting";
}

function logWaiting(waiting: readonly Attempt[], log: Logger): void {
  const [first] = waiting;
  const tried = waiting.find(({ delivery }) => delivery !== undefined);
  const through = tried?.delivery?.transport ?? first?.parcel.entry.type ?? "";
  const problem = tried?.delivery?.failure?.message ?? first?.parcel.entry.lastFailure?.problem;
  const because = problem === undefined ? "there was no time" : problem;
  log.warn(
    `${countOf(waiting.length, "earlier message")} still to be sent through ${through}: ${because}\n\`notify flush\` tries again`,
  );
}
