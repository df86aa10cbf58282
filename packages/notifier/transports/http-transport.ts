import { readSecret, type Secret } from "@catapullt/core/config/secret";
import type { Message } from "../message/message.ts";
import { DeliveryError } from "./delivery-error.ts";
import { type HttpRequest, sendRequest } from "./http.ts";
import { previewRequests } from "./http-preview.ts";
import { explainRefusal } from "./http-problem.ts";
import type { HttpSettings } from "./http-settings.ts";
import { parseSecretUrl, partsOf, rememberSecretUrl } from "./secret-url.ts";
import type { Transport, TransportContext } from "./transport.ts";

export interface HttpService<Keys extends string> {
  /** For logs and tables, without any secret: `slack`. */
  name: string;
  /** As errors call it: `Slack`. */
  service: string;
  /** The keys that say where to and as whom, for hints. */
  keys: string;
  settings: HttpSettings;
  /** The service's own address, where `url` only overrides it. */
  defaultUrl?: string;
  /** What else is read before a message is sent. */
  secrets: Record<Keys, Secret>;
  /** The requests that a message is, sent one after the other; none where the service need not know of it. */
  requests: (message: Message, url: URL, secrets: Record<Keys, string>) => readonly HttpRequest[];
  /** What tells that a run begins, where the service measures runs. */
  startRequest?: (url: URL) => HttpRequest;
  /** Why an answer of status 2xx means no; undefined where it means yes. */
  findRefusal?: (answer: string) => string | undefined;
}

/** A transport whose messages are HTTP requests: reads the secrets, sends, and turns answers into errors. */
export function createHttpTransport<Keys extends string>(description: HttpService<Keys>): Transport {
  const { name, requests, startRequest } = description;
  return {
    name,
    async preview(message, { environment }) {
      const url = await resolveUrl(description, environment);
      const secrets = await readSecrets(description.secrets, environment);
      const secretParts = description.settings.url === undefined ? [] : partsOf(url);
      const hidden = { secretParts, secrets: Object.values<string>(secrets) };
      return { text: previewRequests(requests(message, url, secrets), hidden) };
    },
    async send(message, context) {
      const url = await resolveUrl(description, context.environment);
      const secrets = await readSecrets(description.secrets, context.environment);
      for (const request of requests(message, url, secrets)) {
        await sendOne(request, description, { ...context, secrets: Object.values<string>(secrets) });
      }
    },
    ...(startRequest && {
      async announceStart(context) {
        const url = await resolveUrl(description, context.environment);
        await sendOne(startRequest(url), description, { ...context, secrets: [] });
      },
    }),
  };
}

async function sendOne(
  request: HttpRequest,
  { service, keys, settings, findRefusal }: Pick<HttpService<string>, "service" | "keys" | "settings" | "findRefusal">,
  context: TransportContext & { secrets: readonly string[] },
): Promise<void> {
  const party = { service, keys, secrets: context.secrets };
  const answer = await sendRequest(request, {
    ...context,
    ...party,
    caFile: settings.caFile,
    allowHttp: settings.allowHttp === true,
  });
  const refusal = findRefusal?.(answer);
  if (refusal !== undefined) throw explainRefusal(refusal, request.url, party);
}

async function resolveUrl(
  { settings, defaultUrl = "" }: Pick<HttpService<string>, "settings" | "defaultUrl">,
  environment: NodeJS.ProcessEnv,
): Promise<URL> {
  if (settings.url === undefined) return new URL(defaultUrl);
  const url = parseSecretUrl((await readSecret(settings.url, environment)).trim());
  if (url === undefined) {
    throw new DeliveryError("`url` holds no address", {
      hint: "write the whole address into it, from https:// on, and nothing else",
      isTransient: false,
    });
  }
  rememberSecretUrl(url);
  return withDefaultPath(url, defaultUrl);
}

// An override of a service's fixed address may be the server alone, such as a stand-in's.
function withDefaultPath(url: URL, defaultUrl: string): URL {
  return url.pathname === "/" && defaultUrl !== "" ? new URL(new URL(defaultUrl).pathname, url) : url;
}

async function readSecrets<Keys extends string>(
  secrets: Record<Keys, Secret>,
  environment: NodeJS.ProcessEnv,
): Promise<Record<Keys, string>> {
  const entries = Object.entries<Secret>(secrets).map(
    async ([key, secret]) => [key, await readSecret(secret, environment)] as const,
  );
  return Object.fromEntries(await Promise.all(entries)) as Record<Keys, string>;
}

/** A JSON body for `createHttpTransport`. */
export function jsonRequest(url: URL, body: unknown, more: Pick<HttpRequest, "method" | "headers"> = {}): HttpRequest {
  return { url, contentType: "application/json; charset=utf-8", body: JSON.stringify(body), ...more };
}

/** The address of a resource below a service's own, whatever slashes that ends with. */
export function resourceUrl(base: URL, ...segments: readonly string[]): URL {
  const url = new URL(base);
  const path = segments.map((segment) => `/${encodeURIComponent(segment)}`).join("");
  if (path !== "") url.pathname = `${base.pathname.replace(/\/+$/, "")}${path}`;
  return url;
}

/** What tells two transports of one type apart in logs: the file or variable that names the secret. */
export function secretLabel(type: string, secret: Secret | undefined): string {
  if (secret === undefined || typeof secret === "string") return type;
  return `${type} ${Object.values(secret).join("")}`;
}
