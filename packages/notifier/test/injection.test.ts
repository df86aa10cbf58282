import type { RunReport } from "@catapullt/core/report/schema";
import { measurePages } from "@catapullt/testkit/browser";
import { describe, expect, it } from "vitest";
import { notifyConfigSchema } from "../config.ts";
import { deliver } from "../dispatch/deliver.ts";
import { readLogTail } from "../message/log-tail.ts";
import type { Message } from "../message/message.ts";
import { renderOutcome } from "../message/render.ts";
import type { Templates } from "../message/template-settings.ts";
import { applyTemplates } from "../message/templates/apply.ts";
import { smtpSink, smtpTransport } from "./support.ts";
import { outcome } from "./transport-fixtures.ts";

/** What a file, a host, an application, a database or a log line may be called by somebody who means harm. */
const hostile = [
  "a\r\nX-Injected: yes\r\n\r\n<h1>body</h1>",
  "a\nBcc: evil@example.com",
  "nul\u0000byte \u0008\u007f\u009b31m",
  "\u001b[31mred\u001b]0;title\u0007\u001b[2J",
  "\u202etxt.exe\u2066 \u200f\u061c\ufeff",
  "</p></td><script>alert(1)</script><img src=x onerror=alert(1)>",
  `"><img src=https://evil.example/x.png onload=alert(1)>`,
  `' onmouseover='alert(1)' style='background:url(https://evil.example/)`,
  "{{ 7 | times: 6 }}{{7*7}} {% if job %}{% assign x = 1 %} {{ text }}",
  "=?utf-8?B?WC1JbmplY3RlZDogeWVz?= =?us-ascii?Q?a=0D=0AX-Injected:_yes?=",
  "&lt;script&gt; &#60;b&#62; %3Cb%3E",
  "\ud800 lone \udc00 surrogates \u2028 \u2029",
  `$(id) \`id\` \${HOME} ; rm -rf / | cat`,
  "x".repeat(5_000),
  "",
] as const;

const everything: Templates = {
  subject: "{{ job }} {{ host }} {{ archives.first.name }} {{ problems.first.text }} {{ warnings }} {{ log }}",
  text: "{{ job }}\n{{ text }}\n{{ archives }}\n{% for line in log %}| {{ line }}\n{% endfor %}{{ warnings }}",
  html: `<html><body style="overflow-wrap:anywhere"><h1 title="{{ job }}" class='{{ host }}'>{{ subject }}</h1><a href="https://wiki.example/{{ job }}">x</a>
<pre style="white-space:pre-wrap;overflow-wrap:anywhere">{{ log }}</pre><p style="overflow-wrap:anywhere">{{ text | newline_to_br }}</p>
<p data-x="{{ archives | json }}" style="overflow-wrap:anywhere">{{ problems }}{{ warnings }}{{ host }}</p></body></html>`,
};

function reportOf(text: string): RunReport {
  return {
    schemaVersion: 1,
    program: text,
    command: text,
    host: text,
    application: text,
    type: text,
    outcome: "failure",
    startedAt: "2026-11-23T02:00:00.000Z",
    endedAt: "2026-11-23T02:03:05.000Z",
    version: text,
    archives: [{ host: text, application: text, name: text, path: text, bytes: 1, sha1: text, version: text }],
    databases: [{ name: text, engine: text, tables: 1, bytes: 1 }],
    trees: [{ label: text, files: 1, bytes: 1, skipped: 1 }],
    warnings: [text],
    failures: [{ subject: text, code: text, message: text, hint: text }],
  };
}

function messageOf(text: string): Message {
  return renderOutcome(
    outcome({
      job: text,
      host: text,
      command: ["sh", "-c", text],
      state: "failure",
      ending: { kind: "exited", exitCode: 1 },
      log: readLogTail({ bytes: Buffer.from(`${text}\nthe last line\n`), isCut: false }),
      report: reportOf(text),
    }),
  );
}

/** Of all characters that move a cursor, hide text or turn it around, only the line feed. */
const controls = /(?!\n)[\p{Cc}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/u;

const forms = [
  ["notify's own form", {}],
  ["a template of everything", everything],
] as const;

describe.each(forms)("in %s", (_, templates) => {
  const render = async (text: string): Promise<Message> => {
    const { message, problems } = await applyTemplates(messageOf(text), templates);
    expect(problems).toEqual([]);
    return message;
  };

  it.each(hostile)("makes no second line of a subject and no control character of %j", async (text) => {
    const message = await render(text);
    expect(message.subject).not.toMatch(/\n/);
    expect(message.subject.length).toBeLessThanOrEqual(180);
    for (const part of [message.subject, message.job, message.host, message.text, message.html]) {
      expect(part).not.toMatch(controls);
      expect(part.isWellFormed()).toBe(true);
    }
  });

  it("reads no value as a template", async () => {
    const text = "{{ 7 | times: 6 }}{{7*7}} {% if job %}{% assign x = 1 %} {{ text }}";
    const { text: rendered, subject, html } = await render(text);
    expect(rendered).toContain(text);
    for (const part of [subject, html]) expect(part).toContain("{{ 7 | times: 6 }}{{7*7}} {% if job %}");
  });

  it("makes no element or attribute of a value, loads nothing, and keeps within a phone", async () => {
    const pages = await Promise.all(["a name", ...hostile].map(async (text) => (await render(text)).html));
    const [usual, ...others] = await measurePages(pages, { width: 375 });
    expect(usual?.elements.length).toBeGreaterThan(5);
    for (const facts of others) {
      const strange = facts.elements.filter((element) => !usual?.elements.includes(element));
      expect([strange, facts.requests, facts.width]).toEqual([[], [], 375]);
    }
  });

  it("makes no header of a mail but those that every mail has", async () => {
    const sink = await smtpSink();
    const { transports } = notifyConfigSchema().parse({ transports: [smtpTransport(sink, { templates })] });
    const context = { environment: {}, signal: new AbortController().signal };
    for (const text of ["a name", ...hostile]) {
      expect((await deliver(messageOf(text), transports, context))[0]?.failure).toBeUndefined();
    }
    const [usual, ...others] = sink.mails.map(({ headers }) => [...headers.keys()].sort());
    expect(usual).toEqual(
      expect.arrayContaining(["subject", "x-backup-job", "x-backup-host", "in-reply-to", "references"]),
    );
    for (const names of others) expect(usual).toEqual(expect.arrayContaining(names));
    for (const { envelope, headers } of sink.mails) {
      expect(envelope.to).toEqual(["admin@example.com"]);
      expect(String(headers.get("x-backup-job"))).not.toMatch(controls);
    }
  });
});
