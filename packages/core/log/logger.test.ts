import { expect, test } from "vitest";
import { createLogger, type LogFormat, type LogLevel, silentLogger } from "./logger.ts";
import { rememberSecret } from "./redaction.ts";

function record(format: LogFormat, level: LogLevel = "info") {
  const lines: string[] = [];
  return { log: createLogger({ format, level, write: (line) => lines.push(line) }), lines };
}

test("writes one JSON document a line, or text", () => {
  const json = record("json");
  json.log.info({ database: "wiki" }, "dumped");
  expect(JSON.parse(json.lines.join(""))).toEqual({
    level: 30,
    time: expect.any(String),
    database: "wiki",
    msg: "dumped",
  });
  const plain = record("plain");
  plain.log.warn("careful");
  expect(plain.lines).toEqual([expect.stringMatching(/^20\d\d-.*Z WARN {2}careful\n$/)]);
});

test.each([
  ["error", 1],
  ["warn", 2],
  ["info", 3],
  ["debug", 4],
] as const)("at level %s writes %d of four lines", (level, count) => {
  const { log, lines } = record("plain", level);
  log.error("x");
  log.warn("x");
  log.info("x");
  log.debug("x");
  expect(lines).toHaveLength(count);
});

test.each(["plain", "pretty", "json"] as const)("masks secrets in messages, fields and errors: %s", (format) => {
  rememberSecret('planted "secret" one');
  const { log, lines } = record(format);
  log.error(
    { nested: { url: 'x planted "secret" one' }, err: new Error('planted "secret" one') },
    'planted "secret" one',
  );
  expect(lines.join("")).not.toMatch(/planted/);
  expect(lines.join("")).toContain("********");
});

test("stays valid JSON, and keeps its figures, whatever the secrets are", () => {
  for (const secret of ["30", '"', ":", "12345", "level", "{"]) rememberSecret(secret);
  const { log, lines } = record("json");
  log.info({ bytes: 1_234_567 }, "done: 12345");
  expect(JSON.parse(lines.join(""))).toMatchObject({ level: 30, bytes: 1_234_567, msg: "done: ********" });
});

test("says nothing where there is nobody to say it to", () => {
  expect(() => silentLogger().error("x")).not.toThrow();
});
