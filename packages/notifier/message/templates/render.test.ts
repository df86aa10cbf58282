import { describe, expect, it } from "vitest";
import { fillBody, renderTemplate } from "./render.ts";
import { sampleDocument } from "./sample.ts";
import type { TemplateTarget } from "./values.ts";

const render = (source: string, more: object = {}, target: TemplateTarget = "text") =>
  renderTemplate(source, target, { ...sampleDocument, ...more });

describe("filters", () => {
  it.each([
    ["{{ bytes | size }}", "1.23 GB"],
    ["{{ archives | size }} {{ job | size }}", "1 10"],
    ["{{ seconds | duration }}", "3 min 5 s"],
    ["{{ startedAt | moment }}", "2026-11-23 02:00:00 UTC"],
    ["{{ archives.first.name | json }}", '"confluence_20261123T020000Z.tar.zst"'],
    ["{{ change.difference | size }} {{ change.percent }}", "26.0 MB 2.2"],
    ["{{ log }}", "dumping wikidb\nmysqldump: Lost connection to server"],
    ["{{ problems }}", '[{"text":"the dump ended early","hint":"look at the server\'s log"}]'],
    ["{{ state | upcase }}{{ host | append: '!' | prepend: ' ' }}", "FAILURE wiki01!"],
    ["{{ job | escape }}", "confluence"],
  ])("%s gives %s", (source, text) => {
    expect(render(source)).toEqual({ text });
  });

  it("give nothing for what is not known", () => {
    const unknown = { bytes: null, seconds: null, startedAt: null, change: null, archives: [] };
    const source =
      "[{{ bytes | size }}{{ seconds | duration }}{{ startedAt | moment }}{{ change.percent }}{{ archives.first.name }}{{ bytes }}]";
    expect(render(source, unknown)).toEqual({ text: "[]" });
  });
});

describe("values", () => {
  const evil = `"'><script>alert(1)</script>&{{ 7 | times: 7 }}{% raw %}\\ ]]>`;

  it.each(["text", "html", "json"] as const)("are never read as a template (%s)", (target) => {
    const { text = "" } = render("{{ job }}", { job: "{{ 7 | times: 7 }}{% if %}" }, target);
    expect(text).toContain("{{ 7 | times: 7 }}{% if %}");
  });

  it("are escaped once in HTML, also through variables and filters", () => {
    const escaped = "&quot;&#39;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;{{ 7 | times: 7 }}{% raw %}\\ ]]&gt;";
    for (const source of [
      "{{ job }}",
      "{{ job | escape }}",
      "{% assign x = job %}{{ x }}",
      "{{ job | newline_to_br }}",
      "{{ job | append: '' }}",
      "{% for x in log %}{{ x }}{% endfor %}",
    ])
      expect(render(source, { job: evil, log: [evil] }, "html")).toEqual({ text: escaped });
    expect(render("{% capture x %}{{ job }}{% endcapture %}{{ x }}", { job: "<" }, "html")).toEqual({
      text: "&amp;lt;",
    });
    expect(render("{{ archives | json }}", { archives: ["<b>"] }, "html")).toEqual({ text: "[&quot;&lt;b&gt;&quot;]" });
    expect(render("{{ text | newline_to_br }}", { text: "a\n<b>" }, "html")).toEqual({ text: "a<br>\n&lt;b&gt;" });
  });

  it("stay within the texts of JSON, and figures stand as they are", () => {
    const source =
      '{"job": "{{job}}", "code": {{exitCode}}, "start": {{startedAt}}, "log": "{{log}}", "all": {{problems|json}}}';
    const { text = "" } = render(source, { job: `${evil}\n"}, {"`, startedAt: null, log: ["x", 'y"'] }, "json");
    expect(JSON.parse(text)).toEqual({
      job: `${evil}\n"}, {"`,
      code: 1,
      start: null,
      log: 'x\ny"',
      all: sampleDocument.problems,
    });
  });
});

describe("fillBody", () => {
  it("fills what it knows where a name is unknown, and nothing where it cannot be read", () => {
    expect(fillBody('{"a": "{{nothing}}", "job": "{{job}}"}', sampleDocument)).toBe('{"a": "", "job": "confluence"}');
    expect(fillBody("{{ job", sampleDocument)).toBeUndefined();
  });
});
