import { isStateful, isWanted, type Recipient } from "../dispatch/recipients.ts";
import type { SpoolEntry } from "./entry.ts";

/**
 * Whom an entry is for now: the transport it was meant for; where the configuration no longer has that one, as after its host
 * was corrected, one of its type, else all others that want to hear of such a thing, else any. None where none is left, or
 * where it is a state that nobody else shows. Pure.
 */
export function routeEntry(entry: SpoolEntry, recipients: readonly Recipient[]): readonly Recipient[] {
  const same = recipients.find(({ identity }) => identity === entry.identity);
  if (same !== undefined) return [same];
  const alike = recipients.filter(({ settings }) => settings.type === entry.type);
  const others = isStateful(entry.type) ? [] : recipients.filter(({ settings }) => !isStateful(settings.type));
  const wants = (recipient: Recipient) => isWanted(recipient, { kind: entry.message.kind, events: entry.events });
  const choices = [alike.filter(wants).slice(0, 1), others.filter(wants), alike.slice(0, 1), others];
  return choices.find((choice) => choice.length > 0) ?? [];
}
