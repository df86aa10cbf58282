import { describe, expect, test } from "vitest";
import { redact, redactValue, rememberSecret } from "./redaction.ts";

test("masks a secret wherever it stands", () => {
  rememberSecret("correct horse");
  expect(redact("xcorrect horsex correct horse")).toBe("x********x ********");
});

test("masks the forms that a secret takes in URLs, JSON and Base64", () => {
  const secret = `p#a"s's w\\ord;€ \n(x)`;
  rememberSecret(secret);
  const forms = [
    secret,
    JSON.stringify(secret),
    encodeURIComponent(secret),
    new URLSearchParams({ password: secret }).toString(),
    Buffer.from(secret).toString("base64"),
  ];
  for (const form of forms) expect(redact(`<${form}>`)).toMatch(/^<(password=|")?\*{8}"?>$/);
});

test("masks the longer of two secrets of which one begins with the other", () => {
  rememberSecret("swordfish");
  rememberSecret("swordfish-and-more");
  expect(redact("swordfish-and-more")).toBe("********");
});

test("masks the lines of a secret, which logs indent", () => {
  rememberSecret("-----BEGIN KEY-----\nMIIEvQIBADANBg\n-----END KEY-----\n");
  expect(redact("    MIIEvQIBADANBg\n")).toBe("    ********\n");
});

describe("very short secrets", () => {
  test("are masked as words only", () => {
    rememberSecret("q7");
    expect(redact("q7 xq7 q7x (q7) q7,")).toBe("******** xq7 q7x (********) ********,");
  });

  test("may hold any character", () => {
    for (const secret of ["$1", ".*", "[x", "\\d", "a|b"]) rememberSecret(secret);
    expect(redact("-$1- -.*- -[x- -\\d- -a|b- -zz-")).toBe(
      "-********- -********- -********- -********- -********- -zz-",
    );
  });
});

test("is not troubled by secrets that are empty, blank or no valid text", () => {
  rememberSecret("");
  rememberSecret("  ");
  rememberSecret("lone \ud800 surrogate");
  expect(redact("two  blanks")).toBe("two  blanks");
  expect(redact("lone \ud800 surrogate")).toBe("********");
});

test("masks the texts of a value and leaves its figures alone", () => {
  rememberSecret("47114711");
  expect(redactValue({ bytes: 1_471_147_119, text: ["a 47114711"], inner: { none: null, yes: true } })).toEqual({
    bytes: 1_471_147_119,
    text: ["a ********"],
    inner: { none: null, yes: true },
  });
});
