import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readMail } from "@catapullt/testkit/read-mail";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { describe, expect, it } from "vitest";
import { documentOf } from "../message/document.ts";
import { transportSettingsSchema } from "../transports/registry.ts";
import { send } from "./transport-conformance.ts";
import { hostileMessage, messages } from "./transport-fixtures.ts";

/** A program with this script, in a directory where it can write. */
function program(script: string): { path: string; directory: string } {
  const directory = temporaryDirectory("transport");
  const path = join(directory, "program");
  writeFileSync(path, `#!/bin/sh\ncd ${directory}\n${script}\n`);
  chmodSync(path, 0o755);
  return { path, directory };
}

const environment = { PATH: process.env.PATH ?? "" };
const keepAll = 'printf "%s\\n" "$@" > arguments; env > variables; cat > input';

describe("command", () => {
  it.each(["success", "warning", "failure", "recovery", "test"] as const)(
    "hands a %s over as JSON and variables",
    async (kind) => {
      const { path, directory } = program(keepAll);
      const { failure } = await send(
        { type: "command", command: [path, "--to", "a b; $(id)"] },
        messages[kind],
        environment,
      );
      expect(failure).toBeUndefined();
      expect(readFileSync(join(directory, "arguments"), "utf8")).toBe("--to\na b; $(id)\n");
      expect(JSON.parse(readFileSync(join(directory, "input"), "utf8"))).toEqual(documentOf(messages[kind]));
      const variables = readFileSync(join(directory, "variables"), "utf8").split("\n");
      expect(variables).toContain(`NOTIFY_STATE=${messages[kind].state}`);
      expect(variables).toContain(`NOTIFY_SUBJECT=${messages[kind].subject}`);
      expect(variables).toContain(`NOTIFY_EXIT_CODE=${messages[kind].run?.exitCode ?? ""}`);
    },
  );

  it("keeps hostile texts what they are", async () => {
    const { path, directory } = program(keepAll);
    await send({ type: "command", command: [path] }, hostileMessage, environment);
    expect(readFileSync(join(directory, "variables"), "utf8").split("\n")).toContain(
      `NOTIFY_JOB=${hostileMessage.job}`,
    );
    expect(JSON.parse(readFileSync(join(directory, "input"), "utf8"))).toEqual(documentOf(hostileMessage));
  });

  it("tells how a program failed and what it said, at once", async () => {
    const { path, directory } = program("echo x >> runs; echo 'no such user' >&2; exit 67");
    const { failure, tries } = await send({ type: "command", command: [path] }, messages.failure, environment);
    expect(failure?.message).toBe(`${path} did not take the message: exit code 67: no such user`);
    expect([tries, readFileSync(join(directory, "runs"), "utf8")]).toEqual([1, "x\n"]);
  });

  it("tries again after exit code 75", async () => {
    const { path } = program("[ -e once ] || { touch once; exit 75; }; cat > input");
    const { failure, tries } = await send({ type: "command", command: [path] }, messages.failure, environment);
    expect([failure, tries]).toEqual([undefined, 2]);
  });

  it("ends a program that hangs when its time is over", async () => {
    const { path } = program("exec sleep 60");
    const settings = { type: "command", command: [path], timeout: "1s" };
    const { failure } = await send(settings, messages.failure, environment);
    expect(failure?.message).toBe(`${path} did not take the message in time`);
  });

  it("tells a program that does not exist", async () => {
    const { failure } = await send({ type: "command", command: ["/no/such/program"] }, messages.failure, environment);
    expect(failure?.message).toMatch(/^\/no\/such\/program did not take the message: could not be started: .*ENOENT/);
    expect(failure?.hint).toContain("`command`");
  });

  it("takes a program that does not read its input", async () => {
    const { path } = program("exec true <&-");
    expect((await send({ type: "command", command: [path] }, messages.failure, environment)).failure).toBeUndefined();
  });

  it.each([[[]], [""], ["echo hello"], [[""]]])("refuses the command %j", (command) => {
    expect(transportSettingsSchema().safeParse({ type: "command", command }).success).toBe(false);
  });
});

describe("file", () => {
  it("appends one JSON document in each line, in a file for its owner only", async () => {
    const path = join(temporaryDirectory("transport"), "messages.jsonl");
    await send({ type: "file", path }, messages.failure);
    await send({ type: "file", path }, hostileMessage);
    const lines = readFileSync(path, "utf8").trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line))).toEqual([messages.failure, hostileMessage].map(documentOf));
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it("appends text whose entries nothing in a message can imitate", async () => {
    const path = join(temporaryDirectory("transport"), "messages.txt");
    await send({ type: "file", path, format: "text" }, messages.success);
    await send({ type: "file", path, format: "text" }, hostileMessage);
    const heads = readFileSync(path, "utf8")
      .split("\n")
      .filter((line) => /^\S/.test(line));
    expect(heads).toEqual(
      [messages.success, hostileMessage].map(({ subject }) => `2026-11-23T02:03:05.000Z ${subject}`),
    );
    expect(readFileSync(path, "utf8")).toContain("  | the last line\n");
  });

  it.each(["a link", "a directory", "a pipe"])("refuses %s, at once", async (kind) => {
    const directory = temporaryDirectory("transport");
    const path = join(directory, "messages");
    if (kind === "a link") symlinkSync(join(directory, "elsewhere"), path);
    if (kind === "a directory") mkdirSync(path);
    if (kind === "a pipe") execFileSync("mkfifo", [path]);
    const { failure, tries } = await send({ type: "file", path });
    expect([tries, failure?.code]).toEqual([1, "message-not-sent"]);
    expect(failure?.message).toContain(path);
    expect(existsSync(join(directory, "elsewhere"))).toBe(false);
  });

  it("tells a directory that does not exist", async () => {
    const { failure } = await send({ type: "file", path: "/no/such/directory/messages" });
    expect(failure?.message).toContain("/no/such/directory/messages cannot be written");
    expect(failure?.hint).toContain("must exist");
  });
});

describe("sendmail", () => {
  const addresses = { from: "Backup <backup@example.com>", to: ["Admin <admin@example.com>", "-oQ@example.com"] };

  it("hands a whole mail to the program, recipients where no option can be", async () => {
    const { path, directory } = program(keepAll);
    const { failure } = await send({ type: "sendmail", program: path, ...addresses }, messages.failure, environment);
    expect(failure).toBeUndefined();
    expect(readFileSync(join(directory, "arguments"), "utf8").split("\n")).toEqual([
      ...["-i", "-f", "backup@example.com", "--", "admin@example.com", "-oQ@example.com", ""],
    ]);
    const mail = readFileSync(join(directory, "input"));
    expect(mail.includes("\r\n")).toBe(false);
    const { subject, text, html, from, headers } = await readMail(mail);
    expect([subject, from?.text]).toEqual([messages.failure.subject, '"Backup" <backup@example.com>']);
    expect(text).toContain("| the last line");
    expect(html).toContain("the last line");
    expect(headers.get("auto-submitted")).toBe("auto-generated");
  });

  it("makes no header of hostile names", async () => {
    const { path, directory } = program(keepAll);
    await send({ type: "sendmail", program: path, ...addresses }, hostileMessage, environment);
    const { subject, headers } = await readMail(readFileSync(join(directory, "input")));
    expect([subject, headers.has("x-injected")]).toEqual([hostileMessage.subject, false]);
  });

  it("tries again when the mail system says that it may work later", async () => {
    const { path } = program("[ -e once ] || { touch once; exit 75; }; cat > input");
    const { failure, tries } = await send(
      { type: "sendmail", program: path, ...addresses },
      messages.success,
      environment,
    );
    expect([failure, tries]).toEqual([undefined, 2]);
  });

  it("tells what to do where there is no such program", async () => {
    const settings = { type: "sendmail", program: "/no/such/sendmail", ...addresses };
    const { failure } = await send(settings, messages.success, environment);
    expect(failure?.hint).toContain("without one use `type: smtp`");
  });
});
