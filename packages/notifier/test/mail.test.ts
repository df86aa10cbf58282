import { chmodSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { delimiter, join } from "node:path";
import type { RunReport } from "@catapullt/core/report/schema";
import { describe, expect, it } from "vitest";
import { runNotify, type Setup, setUp, setUpWithSink, smtpSink, smtpTransport } from "./support.ts";

const archive = {
  host: "wiki01",
  application: "confluence",
  name: "confluence_20261123T020000Z.tar.zst",
  path: "/var/backups/backup-tools/confluence/confluence_20261123T020000Z.tar.zst",
  bytes: 1_234_000_000,
  sha1: "da39a3ee5e6b4b0d3255bfef95601890afd80709",
};

function report(more: Partial<RunReport> = {}): RunReport {
  return {
    schemaVersion: 1,
    program: "backup-agent",
    command: "backup",
    host: "wiki01",
    application: "confluence",
    type: "confluence",
    outcome: "success",
    startedAt: new Date().toISOString(),
    endedAt: new Date(Date.now() + 3_600_000).toISOString(),
    version: "8.5.4",
    archives: [archive],
    databases: [{ name: "wikidb", engine: "mariadb", tables: 214, bytes: 987_000_000 }],
    trees: [{ label: "home", files: 20_104, bytes: 3_200_000_000, skipped: 2 }],
    warnings: [],
    failures: [],
    ...more,
  };
}

/** Puts a `backup-agent` first on PATH that leaves this report, prints these lines and ends with this code. */
function fakeAgent(setup: Setup, written: unknown, { output = "a line of the log", exitCode = 0 } = {}): Setup {
  const programs = join(setup.directory, "programs");
  mkdirSync(programs);
  const reportFile = join(programs, "report");
  writeFileSync(reportFile, typeof written === "string" ? written : JSON.stringify(written));
  writeFileSync(join(programs, "output"), `${output}\n`);
  const path = join(programs, "backup-agent");
  writeFileSync(path, `#!/bin/sh\ncat ${programs}/output\ncat ${reportFile} > "$BACKUP_REPORT"\nexit ${exitCode}\n`);
  chmodSync(path, 0o755);
  return { ...setup, environment: { ...setup.environment, PATH: `${programs}${delimiter}${setup.environment.PATH}` } };
}

const call = ["--", "backup-agent", "confluence"];

describe("the mail about a backup", () => {
  it("tells state, application, host, size and duration in its subject, and every fact in text and HTML", async () => {
    const setup = await setUpWithSink();
    await runNotify(fakeAgent(setup, report()), call);
    const [mail] = setup.sink.mails;
    expect(mail?.subject).toMatch(
      new RegExp(`^\\[backup\\] OK confluence on ${hostname()}: 1\\.23 GB in \\d+\\.\\d s$`),
    );
    expect(mail?.envelope).toEqual({ from: "backup@example.com", to: ["admin@example.com"] });
    const facts = [
      archive.name,
      archive.path,
      archive.sha1,
      "1.23 GB",
      "8.5.4",
      "wikidb",
      "mariadb, 214 tables, 987 MB dump",
    ];
    for (const fact of [
      ...facts,
      "20,104 files, 3.20 GB, 2 skipped",
      "a line of the log",
      "exit code 0",
      "backup-agent confluence",
    ]) {
      expect(mail?.text).toContain(fact);
      expect(mail?.html).toContain(fact);
    }
  });

  it("is marked as made by a machine and can be told from others", async () => {
    const setup = await setUpWithSink();
    await runNotify(fakeAgent(setup, report()), call);
    const [mail] = setup.sink.mails;
    expect(mail?.headers.get("auto-submitted")).toBe("auto-generated");
    expect(mail?.headers.get("x-backup-state")).toBe("success");
    expect(mail?.headers.get("x-backup-job")).toBe("confluence");
    expect(mail?.headers.get("x-backup-host")).toBe(hostname());
    expect(mail?.messageId).toMatch(/^<[0-9a-f-]{36}@.+>$/);
    expect(mail?.headers.get("date")).toBeInstanceOf(Date);
  });

  it("names warnings", async () => {
    const setup = await setUpWithSink();
    const warnings = ["2 files vanished while they were read", "the clock was set"];
    await runNotify(fakeAgent(setup, report({ outcome: "warning", warnings })), call);
    expect(setup.sink.mails[0]?.subject).toMatch(/^\[backup\] WARNING confluence on .*: 1\.23 GB in .*, 2 warnings$/);
    for (const warning of warnings) expect(setup.sink.mails[0]?.text).toContain(`* ${warning}`);
  });

  it("names what failed and what to do, before all else", async () => {
    const setup = await setUpWithSink();
    const failures = [
      {
        code: "database-denied",
        message: "the database refuses the user confluence",
        hint: "set the password\nand try again",
      },
    ];
    const agent = fakeAgent(setup, report({ outcome: "failure", archives: [], failures }), { exitCode: 1 });
    const { exitCode } = await runNotify(agent, call);
    const [mail] = setup.sink.mails;
    expect(exitCode).toBe(1);
    expect(mail?.subject).toMatch(/^\[backup\] FAILED confluence on .*: exit code 1 after \d+\.\d s$/);
    expect(mail?.text).toMatch(
      /What failed\n-+\nthe database refuses the user confluence\n {2}What to do: set the password\n {4}and try again\n/,
    );
    expect(mail?.text.indexOf("What failed")).toBeLessThan(mail?.text.indexOf("a line of the log") ?? 0);
    expect(mail?.html).toContain("the database refuses the user confluence");
  });

  it("tells a failure that the command reports, although its exit code is 0", async () => {
    const setup = await setUpWithSink();
    const failures = [{ code: "dump-failed", message: "the dump ended early" }];
    const { exitCode } = await runNotify(fakeAgent(setup, report({ outcome: "failure", failures })), call);
    expect(exitCode).toBe(0);
    expect(setup.sink.mails[0]?.subject).toContain("FAILED confluence");
    expect(setup.sink.mails[0]?.text).toContain("the dump ended early");
  });

  it("counts several archives together", async () => {
    const setup = await setUpWithSink();
    const archives = [archive, { ...archive, host: "wiki02", bytes: 1_000_000_000 }];
    await runNotify(fakeAgent(setup, report({ archives })), call);
    expect(setup.sink.mails[0]?.subject).toContain("2 archives, 2.23 GB in ");
    expect(setup.sink.mails[0]?.text).toMatch(/wiki02 confluence +confluence_20261123T020000Z\.tar\.zst, 1\.00 GB/);
  });

  it.each([
    ["broken JSON", "{"],
    ["another version's report", '{"schemaVersion": 99}'],
    ["an old run's report", JSON.stringify(report({ endedAt: "2020-01-01T00:00:00.000Z", outcome: "failure" }))],
  ])("goes out as if there was no report when there is %s", async (_, written) => {
    const setup = await setUpWithSink();
    const { exitCode } = await runNotify(fakeAgent(setup, written), call);
    expect(exitCode).toBe(0);
    expect(setup.sink.mails[0]?.subject).toMatch(/^\[backup\] OK confluence on .*: done in /);
  });

  it("uses the report file that the caller has chosen, and leaves it there", async () => {
    const setup = await setUpWithSink();
    const agent = fakeAgent(setup, report());
    const chosen = join(setup.directory, "chosen.json");
    await runNotify({ ...agent, environment: { ...agent.environment, BACKUP_REPORT: chosen } }, call);
    expect(setup.sink.mails[0]?.text).toContain(archive.name);
    expect(readdirSync(setup.directory)).toContain("chosen.json");
  });

  it("survives a report that is a directory", async () => {
    const setup = await setUpWithSink();
    const { exitCode, stderr } = await runNotify(setup, ["--", "sh", "-c", 'mkdir "$BACKUP_REPORT"; exit 3']);
    expect([exitCode, setup.sink.mails.length]).toEqual([3, 1]);
    expect(stderr).toContain("report");
  });

  it("holds text of any script", async () => {
    const setup = await setUpWithSink();
    const name = "Überprüfung 夜間 🌙";
    await runNotify(setup, ["--name", name, "--", "echo", "größer € 夜"]);
    expect(setup.sink.mails[0]?.subject).toContain(name);
    expect(setup.sink.mails[0]?.text).toContain("größer € 夜");
    expect(setup.sink.mails[0]?.html).toContain("größer € 夜");
  });
});

describe("a mail cannot be made to", () => {
  it("carry headers or recipients that come from names", async () => {
    const setup = await setUpWithSink();
    const evil = "x\r\nBcc: evil@example.com\r\n\r\nbody";
    const archives = [{ ...archive, name: evil, host: evil, application: evil }];
    const agent = fakeAgent(setup, report({ archives, application: evil, version: evil }));
    await runNotify(agent, ["--name", evil, "--", "backup-agent", evil]);
    const [mail] = setup.sink.mails;
    expect(mail?.envelope.to).toEqual(["admin@example.com"]);
    expect(mail?.headers.has("bcc")).toBe(false);
    expect(mail?.raw.split("\r\n\r\n")[0]).not.toMatch(/^bcc:/im);
    expect(mail?.subject).toContain("x Bcc: evil@example.com body on ");
  });

  it("run scripts or load pictures that come from names, warnings or the log", async () => {
    const setup = await setUpWithSink();
    const evil = `<script>alert(1)</script><img src="http://evil.example/x" onerror='x'>&amp;`;
    const failures = [{ subject: evil, code: "x", message: evil, hint: evil }];
    const agent = fakeAgent(setup, report({ outcome: "failure", warnings: [evil], failures, version: evil }), {
      output: evil,
    });
    await runNotify(agent, ["--name", evil, "--", "backup-agent", "confluence"]);
    const html = setup.sink.mails[0]?.html ?? "";
    expect(html).not.toMatch(/<(script|img)/i);
    expect(html.match(/&lt;script&gt;/g)?.length).toBeGreaterThanOrEqual(6);
    expect(html).toContain("&amp;amp;");
  });

  it("hold terminal sequences", async () => {
    const setup = await setUpWithSink();
    await runNotify(setup, ["--", "printf", "\\033[31mred\\033[0m\\007 \\033]0;title\\007x\\000y"]);
    const { raw = "", text = "" } = setup.sink.mails[0] ?? {};
    expect(text).toContain("| red xy");
    expect(raw.replace(/[\r\n]/g, "")).not.toMatch(/\p{Cc}/u);
  });
});

describe("secrets never arrive in a mail or a log", () => {
  it("wherever they are planted", async () => {
    const sink = await smtpSink({ authentication: { user: "backup", password: "smtp-S3cret-1" } });
    const setup = setUp(smtpTransport(sink, { user: "backup", password: "smtp-S3cret-1" }), smtpTransport({ port: 1 }));
    const secrets = [
      "smtp-S3cret-1",
      "env-S3cret-2",
      "pattern-S3cret-3",
      "url-S3cret-4",
      "argv-S3cret-5",
      "report-S3cret-6",
    ];
    const output = [
      "connecting with smtp-S3cret-1",
      `encoded ${Buffer.from("smtp-S3cret-1").toString("base64")}`,
      "the token is env-S3cret-2",
      "password=pattern-S3cret-3",
      "fetching https://user:url-S3cret-4@example.com/",
      `${"x".repeat(70_000)}smtp-S3cret-1`,
    ].join("\n");
    const failures = [{ code: "x", message: "login with smtp-S3cret-1 failed", hint: "--password report-S3cret-6" }];
    const agent = fakeAgent(setup, report({ outcome: "failure", failures, warnings: ["env-S3cret-2"] }), {
      output,
      exitCode: 1,
    });
    agent.environment.APP_TOKEN = "env-S3cret-2";
    const { stderr, exitCode } = await runNotify(agent, [
      "-v",
      "--",
      "backup-agent",
      "confluence",
      "--password=argv-S3cret-5",
    ]);
    const [mail] = sink.mails;
    expect([exitCode, sink.mails.length]).toEqual([1, 1]);
    const told = [mail?.subject, mail?.text, mail?.html, mail?.raw, stderr].join("\n");
    for (const secret of secrets) expect(told).not.toContain(secret);
    expect(told).not.toContain(Buffer.from("smtp-S3cret-1").toString("base64"));
    expect(mail?.text).toContain("login with ********");
  });

  it("not even halves of them, where the kept output begins", async () => {
    const setup = await setUpWithSink();
    const script = 'i=0; while [ $i -lt 9000 ]; do echo "half-S3cret-value"; i=$((i+1)); done';
    await runNotify({ ...setup, environment: { ...setup.environment, APP_PASSWORD: "half-S3cret-value" } }, [
      "--",
      "sh",
      "-c",
      script,
    ]);
    expect(setup.sink.mails[0]?.text).not.toContain("value");
  });
});

describe("a transport's `on`", () => {
  it("chooses the runs, recoveries among them, by what the state directory remembers", async () => {
    const all = await smtpSink();
    const some = await smtpSink();
    const setup = setUp(smtpTransport(all), smtpTransport(some, { on: ["failure", "recovery"] }));
    for (const exitCode of [0, 1, 1, 0, 0])
      await runNotify(setup, ["--name", "job", "--", "sh", "-c", `exit ${exitCode}`]);
    expect(all.mails).toHaveLength(5);
    const subjects = some.mails.map(({ subject }) => subject.replace(/\d+\.\d s/, "T").replace(hostname(), "H"));
    expect(subjects).toEqual([
      "[backup] FAILED job on H: exit code 1 after T",
      "[backup] FAILED job on H: exit code 1 after T, 2 failures in a row",
      "[backup] OK job on H: done in T, recovered after 2 failures",
    ]);
    expect(some.mails[1]?.text).toMatch(/Failing +since .* UTC \(\w+\), 2 runs in a row/);
    expect(some.mails[2]?.text).toMatch(/Recovered +after 2 failures, since .* UTC/);
  });

  it("does not keep a message back when the state cannot be kept", async () => {
    const sink = await smtpSink();
    const setup = setUp(smtpTransport(sink));
    writeFileSync(join(setup.directory, "state"), "a file where the directory should be");
    const { exitCode, stderr } = await runNotify(setup, ["--", "sh", "-c", "exit 4"]);
    expect([exitCode, sink.mails.length]).toEqual([4, 1]);
    expect(stderr).toContain("set `stateDir` to one that is");
  });
});
