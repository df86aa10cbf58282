import { describe, expect, it } from "vitest";
import { placeholders } from "../template.ts";
import { findTemplateProblems } from "./check.ts";
import { sampleDocument } from "./sample.ts";

describe("a template", () => {
  it.each([
    ["text", "{{ job }} on {{host}}: {{ bytes | size }}, {{ seconds | duration }}, {{ startedAt | moment }}"],
    ["text", "{% for archive in archives %}{{ archive.name }} {{ archive.bytes | size }}\n{% endfor %}"],
    ["text", "{% if change %}{{ change.percent }} % since {{ change.previousTime | date: '%d.%m.%Y' }}{% endif %}"],
    ["text", "{{ problems.first.text }} {{ problems[0].hint }} {{ log.size }} {{ archives | size }}"],
    ["text", "{% assign x = job | upcase %}{% capture y %}{{ x }}!{% endcapture %}{{ y }}"],
    [
      "text",
      "{% case state %}{% when 'failure' %}bad{% else %}good{% endcase %}{% comment %}{{ nothing }}{% endcomment %}",
    ],
    ["text", "{% raw %}{{ kept }}{% endraw %} {single} {} }} %}"],
    [
      "html",
      '<p class="{{ state }}" title=\'{{ job }}\'>{{ text | newline_to_br }}</p><a href="https://wiki/{{ job }}">x</a>',
    ],
    ["json", '{"job": "{{job}}", "code": {{exitCode}}, "archives": {{ archives | json }}}'],
    ["json", placeholders.map((name) => `{{${name}}}`).join(" ")],
  ] as const)("is good: %s %s", (target, source) => {
    expect(findTemplateProblems(source, target)).toEqual([]);
  });

  it.each([
    ["{{ nothing }}", "line 1, column 4: {{nothing}} is no placeholder; expected one of id, kind, time, job"],
    ["{{ subjekt }}", 'line 1, column 4: {{subjekt}} is no placeholder (did you mean "subject"?); expected one of id'],
    [
      "a\n  {{ change.percents }}",
      'line 2, column 6: {{change}} has no percents (did you mean "percent"?); expected one of',
    ],
    ["{{ archives.name }}", "{{archives}} has no name; it is a list: use first, last, a number or {% for %}"],
    ["{{ job.name }}", "{{job}} has no name"],
    ["{{toString}}", "is no placeholder"],
    ["{{ job.constructor }}", "{{job}} has no constructor"],
    ["{{ archives.first.__proto__ }}", "has no __proto__"],
    ["{% for a in archives %}{{ a.nme }}{% endfor %}", "line 1, column 27: undefined variable: a.nme"],
    ["{{ job", 'line 1, column 1: output "{{ job" not closed'],
    ["{{}}", 'line 1, column 3: invalid value expression: ""'],
    ["x\n\n{% if job %}", "line 3, column 1: tag {% if job %} not closed"],
    ["{{ bytes | sice }}", "line 1, column 1: undefined filter: sice"],
    ["{{ text | raw }}", "undefined filter: raw"],
    ["{{ archives | where_exp: 'a', job }}", "undefined filter: where_exp"],
    ["{% include '/etc/passwd' %}", 'tag "include" not found'],
    ["{% render 'x' %}", 'tag "render" not found'],
    ["{% layout 'x' %}", 'tag "layout" not found'],
    ["{% echo job %}", 'tag "echo" not found'],
    ["{% liquid echo job %}", 'tag "liquid" not found'],
    ["{% for i in (1..1000000000) %}x{% endfor %}", "memory alloc limit exceeded"],
    ["{% for i in (1..99999) %}{% for j in (1..99999) %}{{ i }}{% endfor %}{% endfor %}", "limit exceeded"],
  ])("is refused: %s", (source, problem) => {
    expect(findTemplateProblems(source, "text").join("\n")).toContain(problem);
  });

  it("is refused where it is too long, or nested too deeply", () => {
    expect(findTemplateProblems("x".repeat(300_000), "text")).toEqual(["parse length limit exceeded"]);
    const deep = "{% if job %}".repeat(8_000) + "{% endif %}".repeat(8_000);
    expect(findTemplateProblems(deep, "text")).toHaveLength(1);
  });

  it("tells all unknown names at once", () => {
    expect(findTemplateProblems("{{ a }}\n{{ b | size }}", "text")).toEqual([
      expect.stringMatching(/^line 1, column 4: \{\{a\}\} is no placeholder/),
      expect.stringMatching(/^line 2, column 4: \{\{b\}\} is no placeholder/),
    ]);
  });

  it.each([
    ["<a\nhref={{ job }}>", "line 1, column 1: an attribute with a value needs quotes"],
    ['<a href="{{ job }}">', "an address must not begin with a value"],
    ["<img src='{{job}}'>", "an address must not begin with a value"],
    ["\n<script>var a = 1</script>", "line 2, column 1: mail programs run no <script>"],
    ["<p onclick=\"x('{{ job }}')\">", "mail programs run no handlers"],
    ["<style>.a { content: '{{ job }}' }</style>", "values in <style> are not escaped"],
  ])("of HTML is refused where a value could do harm: %s", (source, problem) => {
    expect(findTemplateProblems(source, "html").join("\n")).toContain(problem);
  });
});

it("can take every field of a message's document, and the sample has them all", () => {
  const fields = Object.keys(sampleDocument).filter((field) => field !== "schemaVersion");
  expect([...placeholders].sort()).toEqual(fields.sort());
});
