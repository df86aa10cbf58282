import { keepStart, renderBrief } from "../message/brief.ts";
import type { Message } from "../message/message.ts";
import type { HealthchecksSettings } from "./chat-settings.ts";
import type { HttpRequest } from "./http.ts";
import { createHttpTransport, resourceUrl, secretLabel } from "./http-transport.ts";
import type { Transport } from "./transport.ts";

// Servers keep the first 100 kB of a ping's body, or the first 10 kB of older ones' settings.
const longestBody = 10_000;

/**
 * Pings to healthchecks.io or a server of one's own: https://healthchecks.io/docs/http_api/. A success pings the address
 * itself, a start `/start`, a failure its exit code, or `/fail` where that is 0, a test `/log`, which changes nothing. Slugs with `?create=1`
 * work too.
 */
export function createHealthchecksTransport(settings: HealthchecksSettings): Transport {
  return createHttpTransport({
    name: secretLabel("healthchecks", settings.url),
    service: "healthchecks",
    keys: "`url`: the check's ping address",
    settings,
    secrets: {},
    requests: (message, url) => [ping(resourceUrl(url, ...signalOf(message)), pingBody(message))],
    startRequest: (url) => ping(resourceUrl(url, "start"), ""),
    findRefusal: (answer) => (/not found|rate limited/i.test(answer) ? answer : undefined), // both come with status 200
  });
}

function ping(url: URL, body: string): HttpRequest {
  return { url, contentType: "text/plain; charset=utf-8", body };
}

function signalOf({ state, run }: Message): string[] {
  if (state === "test") return ["log"];
  if (state !== "failure") return [];
  return [run === undefined || run.exitCode === 0 ? "fail" : String(run.exitCode)];
}

function pingBody({ subject, content }: Message): string {
  const cost = (text: string) => Buffer.byteLength(text);
  const title = keepStart(subject, (text) => cost(text) <= longestBody / 10);
  const { body, log } = renderBrief(content, { limit: longestBody - cost(title) - 4, cost });
  return [title, body, ...(log === "" ? [] : [log])].join("\n\n");
}
