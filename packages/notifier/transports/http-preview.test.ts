import { expect, it } from "vitest";
import { previewRequests } from "./http-preview.ts";

const request = (url: string, more: object = {}) => {
  return { url: new URL(url), contentType: "text/plain", body: "", ...more };
};

it.each([
  [
    "https://hooks.example.com/services/T1/B/key?a=v1&b=w",
    ["services", "T1", "B", "key", "v1"],
    "/********/********/********/********?a=********&b=w",
  ],
  ["https://ntfy.example.com/a%20b", ["a%20b", "a b"], "/********"],
  ["https://api.example.com/bot123:secret/send", [], "/bot123:********/send"],
  ["https://user:pass@example.com/", ["user", "pass"], "/"],
])("hides the secret parts of %s", (url, secretParts, address) => {
  const [line] = previewRequests([request(url)], { secretParts, secrets: ["secret"] }).split("\n");
  expect(line).toBe(`POST ${new URL(url).origin}${address}`);
});

it("hides secrets in headers and bodies, and indents JSON", () => {
  const headers = { authorization: "Bearer abc", "x-key": "ab", "x-other": "1 the-secret 2" };
  const body = '{"token":"the-secret","n":1}';
  const shown = previewRequests([request("https://example.com/", { headers, body, contentType: "application/json" })], {
    secretParts: [],
    secrets: ["the-secret", "ab"],
  });
  expect(shown).toBe(`POST https://example.com/
user-agent: backup-tools
content-type: application/json
authorization: Bearer ********
x-key: ********
x-other: 1 ******** 2

{
  "token": "********",
  "n": 1
}`);
});

it("says so where nothing is sent", () => {
  expect(previewRequests([], { secretParts: [], secrets: [] })).toBe("nothing: the service need not know of it");
});
