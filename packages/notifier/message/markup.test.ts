import { escapeHtml } from "@catapullt/core/html";
import { expect, it } from "vitest";
import { codeSpan, escapeTags, fence, separateMentions } from "./markup.ts";

it("escapes what HTML gives a meaning to", () => {
  expect(escapeHtml(`<a href="x">'&amp;'</a>`)).toBe("&lt;a href=&quot;x&quot;&gt;&#39;&amp;amp;&#39;&lt;/a&gt;");
  expect(escapeTags(`<!channel> "&"`)).toBe('&lt;!channel&gt; "&amp;"');
});

it.each(["```", "a```b", "````", "`````` x", "ends with `", "``", "\n```\n"])("lets %j not end a fence", (text) => {
  const fenced = fence(text);
  expect(fenced.startsWith("```\n")).toBe(true);
  expect(fenced.slice(4, -4)).not.toContain("```");
  expect(fenced.replaceAll("\u200b", "")).toBe(`\`\`\`\n${text}\n\`\`\``);
});

it("lets nothing end a code span", () => {
  expect(codeSpan("a `b` ``c``")).toBe("`a 'b' ''c''`");
});

it("takes mentions apart", () => {
  expect(separateMentions("@all, me@example.com @ x")).toBe("@\u200ball, me@\u200bexample.com @ x");
});
