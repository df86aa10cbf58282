import { describe, expect, it } from "vitest";
import { notifyConfigSchema } from "../config.ts";
import { listRecipients } from "../dispatch/recipients.ts";
import { messages } from "../test/transport-fixtures.ts";
import { routeEntry } from "./route.ts";

const mail = (host: string, more: object = {}) => ({ type: "smtp", host, from: "a@b.c", to: ["d@e.f"], ...more });
const slack = (path: string, more: object = {}) => ({
  type: "slack",
  url: `https://hooks.example.com/${path}`,
  ...more,
});
const ping = { type: "healthchecks", url: "https://hc.example.com/1" };

function recipientsOf(...transports: object[]) {
  return listRecipients(notifyConfigSchema().parse({ transports }));
}

function route(before: object, now: readonly object[]): string[] {
  const [first] = recipientsOf(before);
  const { identity, settings } = first ?? { identity: "", settings: { type: "" } };
  const entry = {
    identity,
    type: settings.type,
    events: ["failure"] as const,
    message: messages.failure,
    queuedAt: new Date(),
    tries: 0,
    lastFailure: undefined,
    sender: undefined,
  };
  const recipients = recipientsOf(...now);
  return routeEntry(entry, recipients).map(
    (recipient) => `${recipient.settings.type} ${recipients.indexOf(recipient)}`,
  );
}

describe("routeEntry", () => {
  it.each<[string, object, object[], string[]]>([
    ["the transport that it is for", mail("a"), [slack("x"), mail("b"), mail("a")], ["smtp 2"]],
    [
      "the same with another password, time and list of events",
      mail("a"),
      [mail("b"), mail("a", { timeout: "5s", on: ["success"], user: undefined })],
      ["smtp 1"],
    ],
    ["one of its type, where the host was corrected", mail("a"), [slack("x"), mail("b")], ["smtp 1"]],
    ["the one of its type that wants it", mail("a"), [mail("b", { on: ["success"] }), mail("c")], ["smtp 1"]],
    [
      "all others that want it, where there is none of its type",
      mail("a"),
      [slack("x", { on: ["success"] }), slack("y"), ping, slack("z")],
      ["slack 1", "slack 3"],
    ],
    [
      "one of its type that does not want it, where nobody does",
      mail("a"),
      [mail("b", { on: ["success"] }), slack("x", { on: ["success"] })],
      ["smtp 0"],
    ],
    ["any other, where nobody wants it", mail("a"), [slack("x", { on: ["success"] })], ["slack 0"]],
    ["another check, for a ping", ping, [mail("a"), { ...ping, url: "https://hc.example.com/2" }], ["healthchecks 1"]],
    ["nobody, for a ping that nobody takes", ping, [mail("a")], []],
    ["nobody, where nobody is left", mail("a"), [], []],
  ])("leads to %s", (_, before, now, expected) => {
    expect(route(before, now)).toEqual(expected);
  });
});

describe("listRecipients", () => {
  it("gives no identity away, and numbers those that lead to the same place", () => {
    const identities = recipientsOf(slack("s3cret"), slack("other"), slack("s3cret")).map(({ identity }) => identity);
    expect(new Set(identities).size).toBe(3);
    expect(identities[2]).toBe(`${identities[0]}-2`);
    for (const identity of identities) expect(identity).toMatch(/^slack-[0-9a-f]{16}(?:-2)?$/);
  });
});
