import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { sampleStates } from "../preview/states.ts";
import { runNotify, setUp, smtpSink, smtpTransport } from "./support.ts";
import { httpStandIn } from "./transport-fixtures.ts";

const mail = { type: "smtp", host: "mail.example.com", from: "backup@example.com", to: ["admin@example.com"] };
const key = "Xy12Zk34Qw56Er78Ty90";

describe("notify preview", () => {
  it("shows what each transport would send, without a secret and without sending it", async () => {
    const sink = await smtpSink();
    const standIn = await httpStandIn();
    const setup = setUp(
      smtpTransport(sink),
      { type: "slack", url: `${standIn.origin}/services/T01/${key}`, on: ["failure"] },
      { type: "pushover", token: "the-application-token", user: "the-user-key", url: standIn.origin },
      {
        type: "webhook",
        url: `http://user:hunter22@localhost/${key}`,
        headers: { "X-Key": "abc" },
        body: '{"a": "{{job}}"}',
      },
      { type: "command", command: ["/no/such/program", "two words"] },
      { type: "file", path: "/no/such/file" },
    );
    const { exitCode, stdout, stderr } = await runNotify(setup, ["preview"]);
    expect([exitCode, stderr, sink.connections(), standIn.requests.length]).toEqual([0, "", 0, 0]);
    const text = stdout.toString();
    expect(text).toMatch(/^Subject: \[backup\] OK confluence on wiki01: 1\.23 GB in 3 min 5 s$/m);
    expect(text).toMatch(/^References: <thread-[0-9a-f]{32}@wiki01>$/m);
    expect(text).toContain("(not sent this way: it is a success, `on` says failure)");
    expect(text).toContain(`POST ${standIn.origin}/********/********/********\n`);
    expect(text).toContain("POST http://localhost/********\n");
    expect(text).toContain("authorization: Basic ********");
    expect(text).toContain("x-key: ********");
    expect(text).toContain('{\n  "a": "confluence"\n}');
    expect(text).toContain("NOTIFY_STATE=success\n");
    expect(text).toContain("/no/such/program 'two words'\n");
    for (const secret of [key, "T01", "hunter22", "the-application-token", "the-user-key"]) {
      expect(text).not.toContain(secret);
    }
  });

  it.each(sampleStates)("shows a %s, in HTML too", async (state) => {
    const setup = setUp(mail);
    const file = join(setup.directory, "mail.html");
    const { exitCode, stdout, stderr } = await runNotify(setup, [
      "preview",
      "--state",
      state,
      "--html",
      file,
      "--json",
    ]);
    expect([exitCode, stderr]).toEqual([0, ""]);
    const [shown] = JSON.parse(stdout.toString());
    expect(shown).toMatchObject({ transport: "smtp mail.example.com:587", type: "smtp", problem: null });
    expect([shown.text.includes("wiki01"), readFileSync(file, "utf8")]).toEqual([true, shown.html]);
  });

  it("shows a mail where no transport is configured, and says what to write", async () => {
    const { exitCode, stdout, stderr } = await runNotify(setUp(), ["preview"]);
    expect([exitCode, stdout.toString()]).toEqual([0, expect.stringContaining("To: admin@example.com")]);
    expect(stderr).toContain("no transport is configured, so this is the mail that one would send");
  });

  it("shows the others where one has a secret that cannot be read, and ends with 1", async () => {
    const setup = setUp({ type: "slack", url: { file: "/no/such/file" } }, mail);
    const { exitCode, stdout, stderr } = await runNotify(setup, ["preview"]);
    expect([exitCode, stdout.toString()]).toEqual([1, expect.stringContaining("Subject: [backup] OK")]);
    expect(stderr).toContain("slack /no/such/file cannot be shown: the secret file /no/such/file does not exist");
  });

  it("shows the run that a report tells of", async () => {
    const setup = setUp(mail);
    const file = join(setup.directory, "report.json");
    const lists = { archives: [], databases: [], trees: [], warnings: [] };
    const failures = [{ code: "dump-failed", message: "the dump ended early", hint: "look at the server" }];
    const moments = { startedAt: "2026-11-23T02:00:00.000Z", endedAt: "2026-11-23T02:00:10.000Z" };
    const run = { schemaVersion: 1, program: "archiver", command: "pull", host: "vault", outcome: "failure" };
    writeFileSync(file, JSON.stringify({ ...run, ...moments, ...lists, failures }));
    const { stdout } = await runNotify(setup, ["preview", "--report", file]);
    expect(stdout.toString()).toContain("Subject: [backup] FAILED archiver pull on vault: exit code 1 after 10 s");
    expect(stdout.toString()).toContain("What to do: look at the server");
  });

  it.each([
    [["--state", "succes"], "argument 'succes' is invalid. Allowed choices are success, warning"],
    [["--state", "failure", "--report", "REPORT"], "--state and --report do not go together"],
    [["--report", "/no/such/file"], "the run report /no/such/file cannot be read"],
    [["--report", "REPORT"], "is no JSON"],
    [["--report", "EMPTY"], "is no run report: schemaVersion: "],
    [["--report", "DIRECTORY"], "is no regular file"],
    [["--transport", "slak"], '--transport slak: no such type (did you mean "slack"?)'],
    [["--transport", "slack"], "--transport slack: no transport of this type is configured"],
    [["--html", "/no/such/directory/mail.html"], "--html /no/such/directory/mail.html cannot be written"],
    [["--html", ""], "--html"],
    [["extra"], "too many arguments"],
  ])("refuses %j", async (args, problem) => {
    const setup = setUp(mail);
    const files = { REPORT: "not json", EMPTY: "{}" };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(setup.directory, name), text);
    mkdirSync(join(setup.directory, "DIRECTORY"));
    const own = args.map((arg) => (/^[A-Z]+$/.test(arg) ? join(setup.directory, arg) : arg));
    const { exitCode, stderr } = await runNotify(setup, ["preview", ...own]);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(problem)]);
  });
});

describe("templates in the configuration", () => {
  it("never stop a run or lose its message, and are told by config check with key, line and column", async () => {
    const sink = await smtpSink();
    const setup = setUp(smtpTransport(sink, { templates: { subject: "{{ sub", html: "<script>{{ job }}</script>" } }));
    const run = await runNotify(setup, ["--", "true"]);
    expect(run.exitCode).toBe(0);
    expect(run.stderr).toContain('cannot be used: subject: line 1, column 1: output "{{ sub" not closed');
    const [received] = sink.mails;
    expect([sink.mails.length, received?.subject]).toEqual([1, expect.stringMatching(/^\[backup\] OK true on /)]);
    expect(received?.text).toContain(
      "A template could not be used, so this is notify's own form. Run: notify config check",
    );
    const check = await runNotify(setup, ["config", "check"]);
    expect(check.exitCode).toBe(2);
    expect(check.stderr).toMatch(/transports\[0\]\.templates\.subject: line 1, column 1: output/);
    expect(check.stderr).toMatch(/transports\[0\]\.templates\.html: line 1, column 1: mail programs run no <script>/);
  });

  it.each([
    ['{"job": {{job}}}', "is no JSON once it is filled"],
    ['{"all": {{archives}}}', "lists without, as in {{archives | json}}"],
    ['{"job": "{{jobb}}"}', '{{jobb}} is no placeholder (did you mean "job"?)'],
    ['{"job": "{{job}"}', "line 1, column 10: output"],
  ])("are checked in a webhook's body: %s", async (body, problem) => {
    const webhook = { type: "webhook", url: "https://example.com/", body };
    const { exitCode, stderr } = await runNotify(setUp(webhook), ["config", "check"]);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(problem)]);
    const text = setUp({ ...webhook, body: "{{job}}: {{state}}", headers: { "Content-Type": "text/plain" } });
    expect((await runNotify(text, ["config", "check"])).exitCode).toBe(0);
  });

  it("give messages their form, those of a transport before those of all", async () => {
    const sinks = [await smtpSink(), await smtpSink()];
    const own = { templates: { subject: "own {{ job }}" } };
    const setup = setUp(...sinks.map((sink, index) => smtpTransport(sink, index === 0 ? own : {})));
    const config = JSON.parse(readFileSync(setup.configFile, "utf8"));
    const templates = { subject: "all {{ job }}", text: "{{ exitCode }} {{ log }}" };
    writeFileSync(setup.configFile, JSON.stringify({ ...config, templates }), { mode: 0o600 });
    await runNotify(setup, ["--name", "a job", "--", "sh", "-c", "echo '{{ 7 | times: 6 }}'; exit 3"]);
    expect(sinks.map(({ mails }) => mails.map(({ subject, text, html }) => [subject, text.trim(), html]))).toEqual([
      [["own a job", "3 {{ 7 | times: 6 }}", ""]],
      [["all a job", "3 {{ 7 | times: 6 }}", ""]],
    ]);
  });
});
