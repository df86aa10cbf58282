import { expect, test } from "vitest";
import { html } from "./markup.ts";

test("escapes every text, makes control characters visible, and leaves markup as it is", () => {
  const text = `<b title="'&">\u001b[2J\n\u202egpj`;
  expect(html`<p title="${text}">${[html`<i>${1}</i>`, html`<i>${undefined}</i>`]}</p>`.markup).toBe(
    '<p title="&lt;b title=&quot;&#39;&amp;&quot;&gt;\\u001b[2J\\n\\u202egpj"><i>1</i><i></i></p>',
  );
});

test("replaces what is not Unicode", () => {
  expect(html`${"\ud800"}`.markup).toBe("\ufffd");
});
