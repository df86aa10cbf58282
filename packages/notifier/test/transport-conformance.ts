import { freePort } from "@catapullt/testkit/free-port";
import type { HttpAnswer, HttpStandIn, ReceivedRequest } from "@catapullt/testkit/http-stand-in";
import { describe, expect, it } from "vitest";
import { type Delivery, deliver } from "../dispatch/deliver.ts";
import type { Message } from "../message/message.ts";
import { applyTemplates } from "../message/templates/apply.ts";
import { createTransport, transportSettingsSchema } from "../transports/registry.ts";
import { hostileMessage, httpStandIn, hugeMessage, messages } from "./transport-fixtures.ts";

/** One kind of transport over HTTP, and what its service makes of requests. */
export interface ServiceUnderTest {
  /** What a user writes, for a service at this origin. */
  settings: (origin: string) => { type: string } & Record<string, unknown>;
  /** Texts that must stand in no error and no name. */
  secrets: readonly string[];
  /** How many requests a message is; one if absent. */
  count?: (message: Message) => number;
  /** Throws where the service would refuse a request, by its own rules and limits; what people see of it otherwise. */
  accept: (request: ReceivedRequest, message: Message) => string;
  /** What the service answers then; 200 with `ok` if absent. */
  answer?: HttpAnswer;
  /** False where people see no text of a message that tells of no failure. */
  showsSuccess?: boolean;
}

const kinds = ["success", "warning", "failure", "recovery", "test", "missed", "digest"] as const;
const environment = {};

/** Sends a message as notify does. */
export async function send(
  settings: object,
  message: Message = messages.failure,
  more: NodeJS.ProcessEnv = environment,
): Promise<Delivery> {
  const parsed = transportSettingsSchema().parse(settings);
  const [delivery] = await deliver(message, [parsed], { environment: more, signal: new AbortController().signal });
  if (delivery === undefined) throw new Error("one transport is one delivery");
  return delivery;
}

/** What a delivery would log: all of it is public. */
export function printed({ failure, transport }: Delivery): string {
  return `${transport}: ${failure?.message}\n${failure?.hint}\n${String(failure?.cause)}`;
}

/** What every transport over HTTP does, whatever its service. */
export function describeTransport(name: string, service: ServiceUnderTest): void {
  const { secrets, accept, answer = { status: 200, body: "ok" }, count = () => 1, showsSuccess = true } = service;
  const settingsFor = ({ origin }: Pick<HttpStandIn, "origin">, more: object = {}) => ({
    ...service.settings(origin),
    ...more,
  });

  const refusing = (status: number, more: Omit<Extract<HttpAnswer, { status: number }>, "status"> = {}) =>
    httpStandIn({ answer: ({ body, path }) => ({ status, body: `no: ${path} ${body}`, ...more }) });

  const expectNoSecrets = (delivery: Delivery) => {
    for (const secret of secrets) expect(printed(delivery)).not.toContain(secret);
  };

  describe(name, () => {
    it.each(kinds)("sends a %s as the service wants it", async (kind) => {
      const message = messages[kind];
      const standIn = await httpStandIn({ answer: () => answer });
      const delivery = await send(settingsFor(standIn), message);
      expect([delivery.failure, delivery.tries, standIn.requests.length]).toEqual([undefined, 1, count(message)]);
      const [seen] = standIn.requests.map((request) => accept(request, message));
      if (message.kind !== "run") {
        if (message.state === "failure") expect(seen).toContain(message.content.summary);
      } else if (message.state === "failure" || showsSuccess) {
        expect(seen).toContain("wiki2 on wiki01");
        expect(seen).toContain("the last line");
      }
      expectNoSecrets(delivery);
    });

    it("shows before what it sends, without secrets and without sending it", async () => {
      const standIn = await httpStandIn({ answer: () => answer });
      const transport = await createTransport(transportSettingsSchema().parse(settingsFor(standIn)));
      const context = { environment, signal: new AbortController().signal };
      const { text } = await transport.preview(messages.failure, context);
      expect(standIn.requests).toHaveLength(0);
      for (const secret of secrets) expect(text).not.toContain(secret);
      await transport.send(messages.failure, context);
      const [request] = standIn.requests;
      const [line = ""] = text.split("\n");
      expect(line).toMatch(new RegExp(`^${request?.method} ${standIn.origin}/`));
      expect(text).toContain("wiki2 on wiki01");
      for (const [name, value] of Object.entries(request?.headers ?? {})) {
        if (["user-agent", "content-type"].includes(name)) expect(text).toContain(`${name}: ${value}`);
      }
    });

    it("takes a text of one's own in place of the composed one, and nothing in it is markup", async () => {
      const standIn = await httpStandIn({ answer: () => answer });
      const own = { text: "mine: {{ job }}\n{{ problems.first.text }}\n… {{ log | last }}" };
      const { failure } = await send(settingsFor(standIn, { templates: own }), hostileMessage);
      const [request] = standIn.requests;
      expect([failure, request?.body]).toEqual([undefined, expect.stringContaining("mine: ")]);
      expect(request?.body).not.toContain("Last ");
      const { message } = await applyTemplates(hostileMessage, own);
      if (request !== undefined) accept(request, message);
    });

    it("keeps within the service's limits, with what failed and the end of the log", async () => {
      const standIn = await httpStandIn({ answer: () => answer });
      const { failure } = await send(settingsFor(standIn), hugeMessage);
      const [seen] = standIn.requests.map((request) => accept(request, hugeMessage));
      expect([failure, seen]).toEqual([
        undefined,
        expect.stringMatching(/the dump ended early[\s\S]*…[\s\S]*the last line/),
      ]);
    });

    it("makes no markup, mention or header of hostile names and log lines", async () => {
      const standIn = await httpStandIn({ answer: () => answer });
      const { failure } = await send(settingsFor(standIn), hostileMessage);
      const [seen, request] =
        standIn.requests.map((request) => [accept(request, hostileMessage), request] as const)[0] ?? [];
      expect([failure, seen]).toEqual([undefined, expect.stringContaining("the last line")]);
      expect(request?.headers).not.toHaveProperty("x-injected");
      expect(request?.path).not.toContain("evil");
    });

    it.each([
      [429, { headers: { "retry-after": "1" } }],
      [500, {}],
    ])("gets through at the second try after an answer of %i", async (status, more) => {
      const standIn = await httpStandIn({ answers: [{ status, ...more }], answer: () => answer });
      const { failure, tries } = await send(settingsFor(standIn));
      expect([failure, tries, standIn.requests.length]).toEqual([undefined, 2, 2]);
      expect(standIn.requests[1]?.body).toBe(standIn.requests[0]?.body);
    });

    it.each([400, 401, 403, 404, 410, 413])(
      "does not try again after an answer of %i, and says what to check",
      async (status) => {
        const standIn = await refusing(status);
        const delivery = await send(settingsFor(standIn));
        expect([delivery.tries, standIn.requests.length]).toEqual([1, 1]);
        expect(delivery.failure?.message).toContain(`refuses the message (${status}`);
        expect(delivery.failure?.hint).toMatch(/^check `(?:url|token|routingKey)`/);
        expectNoSecrets(delivery);
      },
    );

    it("follows no redirect", async () => {
      const elsewhere = await httpStandIn();
      const standIn = await refusing(307, { headers: { location: `${elsewhere.origin}/` } });
      const delivery = await send(settingsFor(standIn));
      expect([delivery.tries, elsewhere.requests.length]).toEqual([1, 0]);
      expect(delivery.failure?.hint).toContain("redirects are not followed");
      expectNoSecrets(delivery);
    });

    it("tells a refused connection", async () => {
      const delivery = await send({ ...service.settings(`http://127.0.0.1:${await freePort()}`), timeout: "1s" });
      expect(delivery.failure?.message).toContain("refuses the connection");
      expectNoSecrets(delivery);
    });

    it("gives up a service that never answers when its time is over", async () => {
      const standIn = await httpStandIn({ answer: () => ({ does: "hang" }) });
      const delivery = await send(settingsFor(standIn, { timeout: "1s" }));
      expect(delivery.failure?.message).toContain("did not answer in time");
      expect(delivery.failure?.hint).toContain("`timeout`");
      expectNoSecrets(delivery);
    });

    it("refuses a certificate of an unknown authority, and accepts that of caFile", async () => {
      const standIn = await httpStandIn({ tls: true, answer: () => answer });
      const refused = await send(settingsFor(standIn), messages.failure, { NODE_TLS_REJECT_UNAUTHORIZED: "0" });
      expect([refused.tries, standIn.requests.length]).toEqual([1, 0]);
      expect(refused.failure?.message).toContain("is not trusted");
      expect(refused.failure?.hint).toContain("`caFile`");
      const accepted = await send(settingsFor(standIn, { caFile: standIn.authorityFile }));
      expect([accepted.failure, standIn.requests.length]).toEqual([undefined, 1]);
      expectNoSecrets(refused);
    });
  });
}
