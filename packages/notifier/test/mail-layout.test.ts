import { measurePages } from "@catapullt/testkit/browser";
import { describe, expect, it } from "vitest";
import { createSample } from "../preview/samples.ts";
import { sampleStates } from "../preview/states.ts";
import { hostileMessage, hugeMessage } from "./transport-fixtures.ts";

const mails = [...sampleStates.map((state) => createSample(state).message), hostileMessage, hugeMessage];

describe.each([320, 375, 680])("a mail in a window of %i pixels", (width) => {
  it.each(["light", "dark"] as const)("needs no more room and loads nothing (%s)", async (scheme) => {
    const pages = await measurePages(
      mails.map(({ html }) => html),
      { width, scheme },
    );
    expect(pages).toHaveLength(mails.length);
    for (const page of pages) expect([page.width, page.requests]).toEqual([width, []]);
  });
});

it("has nothing that mail programs take out or that needs a style sheet", async () => {
  const pages = await measurePages(
    mails.map(({ html }) => html),
    { width: 680 },
  );
  const elements = new Set(pages.flatMap((page) => page.elements.map((element) => element.replace(/\[.*/, ""))));
  expect([...elements].sort()).toEqual(
    "body div h1 h2 head html li meta p pre span strong table tbody td title tr ul".split(" "),
  );
});
