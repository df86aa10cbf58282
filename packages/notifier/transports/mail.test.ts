import { describe, expect, it } from "vitest";
import { createSample } from "../preview/samples.ts";
import { mailOf, previewMail } from "./mail.ts";

const { message } = createSample("failure");
const thread = (more: object) => mailOf({ ...message, ...more }).references;

describe("the thread of a mail", () => {
  it("is one for all that happens to a job on a host", () => {
    const ids = new Set(
      ["success", "warning", "failure", "recovery", "missed"].map((state) => {
        const { messageId, references, inReplyTo } = mailOf(createSample(state as "success").message);
        expect([inReplyTo, messageId === references]).toEqual([references, false]);
        return references;
      }),
    );
    expect([...ids]).toEqual([expect.stringMatching(/^<thread-[0-9a-f]{32}@wiki01>$/)]);
  });

  it("is another for each job, host and the digest", () => {
    const digest = mailOf(createSample("digest").message).references;
    const all = [thread({}), thread({ job: "jira" }), thread({ host: "wiki02" }), thread({ kind: "test" }), digest];
    expect(new Set(all).size).toBe(all.length);
    expect(thread({ job: "a", host: "bc" })).not.toBe(thread({ job: "ab", host: "c" }));
  });

  it("stays one header, whatever a job and a host are called", () => {
    const { references, messageId } = mailOf({ ...message, job: "a> <b\r\nX: y", host: "w>\r\n<x y.example" });
    expect(references).toMatch(/^<thread-[0-9a-f]{32}@wxy\.example>$/);
    expect(messageId).toMatch(/^<[0-9a-f-]+@wxy\.example>$/);
  });
});

describe("a mail without HTML", () => {
  it("has no such part", () => {
    const settings = { from: "a@example.com", to: ["b@example.com"] };
    expect(mailOf({ ...message, html: "" })).not.toHaveProperty("html");
    expect(previewMail({ ...message, html: "" }, settings).html).toBeUndefined();
  });
});
