import { expect, it } from "vitest";
import type { MessageDocument } from "./document.ts";
import { fillTemplate, findTemplateProblem, placeholders } from "./template.ts";

const document: MessageDocument = {
  schemaVersion: 1,
  id: "1-2",
  kind: "run",
  time: "2026-11-23T02:03:05.000Z",
  job: 'a "b" \\ {{host}} $& $1',
  host: "line\nfeed",
  state: "failure",
  recovery: false,
  subject: "s",
  summary: "sum",
  exitCode: 3,
  startedAt: null,
  seconds: 1.5,
  problems: [],
  log: ["x", "y"],
  text: "t",
};

it("fills every placeholder once: what a value holds is not looked at again", () => {
  const template =
    '{"job": "{{job}}", "host": "{{ host }}", "code": {{exitCode}}, "start": {{startedAt}}, "log": "{{log}}"}';
  expect(JSON.parse(fillTemplate(template, document))).toEqual({
    job: document.job,
    host: document.host,
    code: 3,
    start: null,
    log: "x\ny",
  });
});

it("knows all placeholders that it offers, and leaves single braces alone", () => {
  const template = placeholders.map((name) => `{{${name}}}`).join(" ");
  expect(findTemplateProblem(`${template} {job} {}`)).toBeUndefined();
  expect(fillTemplate(template, document)).not.toContain("{{id}}");
});

it.each(["{{nothing}}", "{{problems}}", "{{}}", "{{ job.name }}", "{{toString}}"])("refuses %s", (template) => {
  expect(findTemplateProblem(template)).toContain("is no placeholder; expected one of id, time");
});
