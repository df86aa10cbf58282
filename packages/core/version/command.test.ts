import { expect, test } from "vitest";
import { readCommandVersion } from "./command.ts";

test("takes the first line that a command prints", async () => {
  expect(await readCommandVersion(["printf", "\\n %s \\nmore", "1.2.3"])).toBe("1.2.3");
});

test("takes what a pattern finds", async () => {
  expect(
    await readCommandVersion(["echo", "gitea version 1.22.3 built with go"], { pattern: "version ([0-9.]+)" }),
  ).toBe("1.22.3");
});

test("hands arguments over as they are, without a shell", async () => {
  expect(await readCommandVersion(["printf", "%s", "$(echo 1); `x` *"])).toBe("$(echo 1); `x` *");
});

test.each([
  [["sh", "-c", "echo 1.2; echo broken >&2; exit 3"], "the command sh: exit code 3: broken"],
  [["/nonexistent/tool"], "the command /nonexistent/tool: could not be started"],
  [["sh", "-c", "kill -9 $$"], "the command sh: ended by SIGKILL"],
])("fails where the command does: %j", async (command, message) => {
  await expect(readCommandVersion(command)).rejects.toMatchObject({
    code: "version-unreadable",
    message: expect.stringContaining(message),
  });
});

test("ends a command that takes too long", async () => {
  await expect(readCommandVersion(["sleep", "60"], { timeout: 50 })).rejects.toMatchObject({
    code: "version-unreadable",
    message: expect.stringContaining("timed out"),
  });
});

test("ends a command when the run is ended, with the run's own reason", async () => {
  const controller = new AbortController();
  const version = readCommandVersion(["sleep", "60"], { signal: controller.signal });
  controller.abort(new Error("ended by SIGTERM"));
  await expect(version).rejects.toThrow("ended by SIGTERM");
});
