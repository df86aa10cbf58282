import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { rememberSecret } from "@catapullt/core/log/redaction";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { describe, expect, it } from "vitest";
import { createSample } from "../../preview/samples.ts";
import { applyTemplates } from "./apply.ts";

const { message } = createSample("failure");
const apply = async (templates: Parameters<typeof applyTemplates>[1]) => applyTemplates(message, templates);

describe("applyTemplates", () => {
  it("gives each part its own form, and leaves the others alone", async () => {
    const { message: applied, problems } = await apply({ subject: "{{ host }}: {{ job }} {{ state }}" });
    expect(problems).toEqual([]);
    expect(applied).toEqual({ ...message, subject: "wiki01: confluence failure" });
  });

  it("puts a text in the place of the composed one, for chats too, and sends no other HTML beside it", async () => {
    const { message: applied } = await apply({ text: "{{ problems.first.text }}\n{{ exitCode }}\n" });
    expect(applied.text).toMatch(/^the database server at .* does not answer: connection refused\n1\n$/);
    expect([applied.html, applied.content.body]).toEqual(["", applied.text.trim()]);
    expect(applied.content.sections).toEqual(message.content.sections);
  });

  it("takes HTML from a file", async () => {
    const file = join(temporaryDirectory("templates"), "mail.html");
    writeFileSync(file, "<p>{{ summary }}</p>");
    const { message: applied } = await apply({ html: { file }, text: "{{ summary }}" });
    expect([applied.html, applied.text]).toEqual(["<p>exit code 1 after 12 s</p>", "exit code 1 after 12 s"]);
  });

  it("keeps notify's own form where a template is wrong, and says so in every part", async () => {
    const { message: applied, problems } = await apply({
      subject: "{{ sub",
      text: "{{ tekst }}",
      html: { file: "/no/x" },
    });
    expect(problems).toEqual([
      expect.stringMatching(/^subject: line 1, column 1: output .* not closed$/),
      expect.stringMatching(/^text: line 1, column 4: \{\{tekst\}\} is no placeholder \(did you mean "text"\?\)/),
      "html: /no/x does not exist",
    ]);
    expect(applied.subject).toBe(message.subject);
    for (const text of [applied.text, applied.html, JSON.stringify(applied.content.sections.at(-1))]) {
      expect(text).toContain("A template could not be used");
      expect(text).toContain("/no/x does not exist");
    }
    expect(applied.text.startsWith(message.text.trimEnd())).toBe(true);
    expect(applied.html).toMatch(/<\/p>\n?<\/body>\n<\/html>\n$/);
  });

  it("says so in the text of a template that is right, too", async () => {
    const { message: applied } = await apply({ subject: "{{ x }}", text: "all is {{ state }}" });
    expect(applied.text).toMatch(/^all is failure\n\nA template could not be used/);
    expect(applied.content.body).toMatch(/^all is failure\n\nA template could not be used/);
  });

  it.each(["{% if recovery %}x{% endif %}", " \n\t", "{{ warnings }}"])("does not send nothing: %j", async (text) => {
    const { message: applied, problems } = await apply({ text });
    expect(problems).toEqual(["text: it gives no text"]);
    expect(applied.text).toContain("What failed");
  });

  it("lets a template neither show a secret nor make a subject of several lines", async () => {
    rememberSecret("template-s3cret");
    const { message: applied } = await apply({
      subject: "a\r\nX-Injected: yes\u0000 {{ 'dGVtcGxhdGUtczNjcmV0' | base64_decode }}",
      text: "{{ 'dGVtcGxhdGUtczNjcmV0' | base64_decode }}\u001b[31m",
    });
    expect(applied.subject).toBe("a X-Injected: yes ********");
    expect(applied.text).toBe("********");
  });

  it("stays bounded", async () => {
    const { message: applied, problems } = await apply({
      subject: "{% for i in (1..9999) %}{{ text }}{% endfor %}",
      text: "{% for i in (1..2000) %}{{ text }}{% endfor %}",
    });
    expect(problems.length).toBeLessThanOrEqual(2);
    expect(applied.subject.length).toBeLessThanOrEqual(180);
    expect(applied.text.length).toBeLessThanOrEqual(210_000);
  });

  it("leaves the digest its own form", async () => {
    const { message: digest } = createSample("digest");
    expect(await applyTemplates(digest, { subject: "x", text: "{{ job }}" })).toEqual({
      message: digest,
      problems: [],
    });
  });
});
