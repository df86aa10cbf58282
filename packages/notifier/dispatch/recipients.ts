import { createHash } from "node:crypto";
import type { NotifyConfig } from "../config.ts";
import type { Event } from "../events.ts";
import type { MessageKind } from "../message/message.ts";
import type { TransportSettings } from "../transports/registry.ts";

/** A transport of the configuration, with what tells it from the others. */
export interface Recipient {
  /** Letters, digits and dashes; the same for as long as messages go to the same place. */
  identity: string;
  settings: TransportSettings;
}

// How and when a transport is told, and what may change while it leads to the same place.
const passing = [
  "on",
  "timeout",
  "remind",
  "digest",
  "templates",
  "start",
  "replyTo",
  "password",
  "secret",
  "headers",
  "body",
  "dkim",
];

/** What shows the present state and nothing else: there, a newer message makes older ones of its job worthless. */
const stateful: readonly string[] = ["healthchecks", "pagerduty"] satisfies TransportSettings["type"][];

const usualMissedReminder = 24 * 60 * 60 * 1000;

/** All transports. Where two lead to the same place, the second one has a number. */
export function listRecipients({ transports }: Pick<NotifyConfig, "transports">): Recipient[] {
  const seen = new Map<string, number>();
  return transports.map((settings) => {
    const identity = identify(settings);
    const count = (seen.get(identity) ?? 0) + 1;
    seen.set(identity, count);
    return { identity: count === 1 ? identity : `${identity}-${count}`, settings };
  });
}

// Addresses are secrets, so only a hash of them is kept; passwords are no part of it.
function identify(settings: TransportSettings): string {
  const lasting = Object.entries(settings)
    .filter(([key, value]) => value !== undefined && !passing.includes(key))
    .sort(([one], [other]) => (one < other ? -1 : 1));
  const hash = createHash("sha256").update(JSON.stringify(lasting)).digest("hex").slice(0, 16);
  return `${settings.type}-${hash}`;
}

/** Whether a transport is to hear of it. */
export function isWanted(
  { settings }: Recipient,
  { kind, events }: { kind: MessageKind; events: readonly Event[] },
): boolean {
  if (kind === "digest") return settings.digest ?? !isStateful(settings.type);
  return settings.on === undefined || events.some((event) => settings.on?.includes(event));
}

export function isStateful(type: string): boolean {
  return stateful.includes(type);
}

/** How often a transport is told of one trouble, in milliseconds; undefined: every time. */
export function reminderOf(
  { settings }: Recipient,
  kind: MessageKind,
  { remind }: Pick<NotifyConfig, "remind">,
): number | undefined {
  if (isStateful(settings.type)) return undefined;
  return settings.remind ?? remind ?? (kind === "missed" ? usualMissedReminder : undefined);
}
