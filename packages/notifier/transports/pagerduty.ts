import { createHash } from "node:crypto";
import { keepStart, renderBrief } from "../message/brief.ts";
import type { Message } from "../message/message.ts";
import type { PagerdutySettings } from "./account-settings.ts";
import { createHttpTransport, jsonRequest, secretLabel } from "./http-transport.ts";
import type { Transport } from "./transport.ts";

const longestSummary = 1_024;
const longestDedupKey = 255;
// An event may have 512 KB; this is what an incident's page shows well.
const longestDetails = 20_000;

/**
 * PagerDuty's Events API v2: https://developer.pagerduty.com/docs/events-api-v2-overview,
 * https://developer.pagerduty.com/docs/send-alert-event. A failure triggers one alert for each job and host; every run that is
 * none resolves it, also when the message about the recovery was lost: PagerDuty ignores what is not open. A test does both.
 */
export function createPagerdutyTransport(settings: PagerdutySettings): Transport {
  return createHttpTransport({
    name: secretLabel("pagerduty", settings.routingKey),
    service: "PagerDuty",
    keys: "`routingKey`: that of an Events API v2 integration, and `url` for accounts in the EU",
    settings,
    defaultUrl: "https://events.pagerduty.com/v2/enqueue",
    secrets: { routingKey: settings.routingKey },
    requests: (message, url, { routingKey }) =>
      pagerdutyEvents(message).map((event) => jsonRequest(url, { routing_key: routingKey, ...event })),
  });
}

function pagerdutyEvents(message: Message): object[] {
  const resolve = { event_action: "resolve", dedup_key: dedupKey(message) };
  switch (message.state) {
    case "failure":
      return [trigger(message, "error")];
    case "test":
      return [trigger(message, "info"), resolve];
    default:
      return [resolve];
  }
}

function trigger(message: Message, severity: "error" | "info"): object {
  const { subject, content, host, job, time } = message;
  const { body, log } = renderBrief(content, {
    limit: longestDetails,
    cost: (text) => Buffer.byteLength(JSON.stringify(text)),
  });
  return {
    event_action: "trigger",
    dedup_key: dedupKey(message),
    client: "backup-tools",
    payload: {
      summary: keepStart(subject, (text) => text.length <= longestSummary),
      source: host,
      severity,
      timestamp: time.toISOString(),
      component: job,
      custom_details: { what: body, log },
    },
  };
}

function dedupKey({ host, job }: Message): string {
  const key = `backup-tools/${host}/${job}`;
  if (Buffer.byteLength(key) <= longestDedupKey) return key;
  return `backup-tools/${createHash("sha256").update(key).digest("hex")}`;
}
