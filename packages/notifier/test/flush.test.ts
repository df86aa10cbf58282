import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { acquireLock } from "@catapullt/core/lock";
import { freePort } from "@catapullt/testkit/free-port";
import { describe, expect, it } from "vitest";
import { waitingFiles } from "./dispatch-support.ts";
import { runNotify, type Setup, setUp, smtpSink, smtpTransport } from "./support.ts";
import { httpStandIn } from "./transport-fixtures.ts";

const stateOf = ({ directory }: Setup) => join(directory, "state");

/** A state in which the failure of a job waits for a mail server that is down. */
async function setUpWaiting(): Promise<Setup & { port: number }> {
  const port = await freePort();
  const setup = setUp(smtpTransport({ port }, { timeout: "1s" }));
  await runNotify(setup, ["--name", "confluence", "--", "sh", "-c", "exit 3"]);
  return { ...setup, port };
}

function configure(setup: Setup, ...transports: object[]): void {
  writeFileSync(setup.configFile, JSON.stringify({ transports, stateDir: stateOf(setup) }));
}

const row = (state: string, transport: string, result: string, tries: number) =>
  new RegExp(
    `^confluence  \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d UTC  ${state}  ${transport} +${result} +${tries}$`,
    "m",
  );

describe("notify flush", () => {
  it("says that nothing waits, also where nothing ever ran", async () => {
    const { exitCode, stdout, stderr } = await runNotify(setUp(smtpTransport({ port: 1 })), ["flush"]);
    expect([exitCode, stdout.toString(), stderr]).toEqual([0, "nothing waits\n", ""]);
  });

  it("sends what waits, prints it, and then nothing waits", async () => {
    const setup = await setUpWaiting();
    const sink = await smtpSink();
    configure(setup, smtpTransport(sink));
    const { exitCode, stdout, stderr } = await runNotify(setup, ["flush"]);
    expect([exitCode, stderr]).toEqual([0, ""]);
    expect(stdout.toString()).toMatch(/^JOB +TIME +STATE +TRANSPORT +RESULT +TRIES$/m);
    expect(stdout.toString()).toMatch(row("failure", `smtp 127.0.0.1:${sink.port}`, "sent", 1));
    expect(sink.mails.map(({ subject }) => subject)).toEqual([expect.stringContaining("FAILED confluence on")]);
    expect((await runNotify(setup, ["flush"])).stdout.toString()).toBe("nothing waits\n");
  });

  it("ends with 1 while something cannot be sent, and says why and what to do", async () => {
    const setup = await setUpWaiting();
    const { exitCode, stdout } = await runNotify(setup, ["flush"]);
    expect(exitCode).toBe(1);
    expect(stdout.toString()).toMatch(row("failure", `smtp 127.0.0.1:${setup.port}`, "still waiting", 2));
    expect(stdout.toString()).toContain(
      `smtp 127.0.0.1:${setup.port}: the mail server 127.0.0.1:${setup.port} refuses`,
    );
    expect(stdout.toString()).toContain("is the mail server running");
  });

  it("prints the same as JSON", async () => {
    const setup = await setUpWaiting();
    const { exitCode, stdout } = await runNotify(setup, ["flush", "--json"]);
    expect([exitCode, JSON.parse(stdout.toString())]).toEqual([
      1,
      [
        {
          id: expect.stringMatching(/^[0-9a-f-]{36}$/),
          job: "confluence",
          kind: "run",
          state: "failure",
          subject: expect.stringContaining("FAILED confluence"),
          time: expect.stringMatching(/Z$/),
          transport: `smtp 127.0.0.1:${setup.port}`,
          result: "waiting",
          tries: 2,
          problem: expect.stringContaining("refuses the connection"),
          hint: expect.stringContaining("is the mail server running"),
        },
      ],
    ]);
    expect((await runNotify(setUp(smtpTransport({ port: 1 })), ["flush", "--json"])).stdout.toString().trim()).toBe(
      "[]",
    );
  });

  it("--dry-run lists what waits and why, and sends nothing", async () => {
    const setup = await setUpWaiting();
    const sink = await smtpSink();
    configure(setup, smtpTransport(sink));
    const { exitCode, stdout } = await runNotify(setup, ["flush", "--dry-run"]);
    expect([exitCode, sink.mails, waitingFiles({ stateDirectory: stateOf(setup) }).length]).toEqual([0, [], 1]);
    expect(stdout.toString()).toMatch(row("failure", `smtp 127.0.0.1:${sink.port}`, "waiting", 1));
    expect(stdout.toString()).toContain("refuses the connection");
  });

  it("sends through another transport where that one is gone", async () => {
    const setup = await setUpWaiting();
    const standIn = await httpStandIn();
    configure(setup, { type: "webhook", url: `${standIn.origin}/hook` });
    const { exitCode, stdout } = await runNotify(setup, ["flush"]);
    expect([exitCode, standIn.requests.length]).toEqual([0, 1]);
    expect(stdout.toString()).toMatch(row("failure", "webhook", "sent", 1));
  });

  it("tries at once what was refused a short while ago", async () => {
    const standIn = await httpStandIn({ answers: [{ status: 403 }] });
    const setup = setUp({ type: "webhook", url: `${standIn.origin}/hook` });
    await runNotify(setup, ["--name", "confluence", "--", "true"]);
    expect((await runNotify(setup, ["flush"])).exitCode).toBe(0);
    expect(standIn.requests).toHaveLength(2);
  });

  it("leaves it to another one that sends just now, with exit code 4", async () => {
    const setup = await setUpWaiting();
    const lock = await acquireLock(join(stateOf(setup), "locks"), "notify-spool");
    const { exitCode, stderr } = await runNotify(setup, ["flush"]);
    lock.release();
    expect([exitCode, stderr]).toEqual([4, expect.stringContaining(`process ${process.pid}`)]);
  });

  it("says what to do where the state directory is none", async () => {
    const setup = setUp(smtpTransport({ port: 1 }));
    writeFileSync(stateOf(setup), "a file, and no directory");
    const { exitCode, stderr } = await runNotify(setup, ["flush"]);
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining(`the spool in ${stateOf(setup)} cannot be used`)]);
    expect(stderr).toContain("set `stateDir`");
  });

  it("wants a transport", async () => {
    const { exitCode, stderr } = await runNotify(setUp(), ["flush"]);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining("no transport is configured")]);
  });

  it.each([
    [["flush", "now"], "too many arguments"],
    [["flush", "--dryrun"], "--dry-run"],
  ])("refuses %j", async (args, problem) => {
    const { exitCode, stderr } = await runNotify(setUp(smtpTransport({ port: 1 })), args);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(problem)]);
  });
});

describe("the configuration of the spool", () => {
  it.each([
    [{ messages: 0 }, "messages"],
    [{ messages: "many" }, "messages"],
    [{ size: 20 }, "expected a size"],
    [{ keep: "forever" }, "expected a duration"],
    [{ limit: 500 }, "limit"],
  ])("refuses %j", async (spool, problem) => {
    const setup = setUp();
    writeFileSync(setup.configFile, JSON.stringify({ spool }));
    const { exitCode, stderr } = await runNotify(setup, ["config", "check"]);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(problem)]);
  });
});

describe("docs/how-to/nothing-lost.md", () => {
  const page = readFileSync(fileURLToPath(new URL("../../../docs/how-to/nothing-lost.md", import.meta.url)), "utf8");

  it("shows settings that are accepted", async () => {
    const setup = setUp();
    const configFile = join(setup.directory, "notify.yaml");
    const examples = [...page.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(([, yaml = ""]) => yaml);
    expect(examples).toHaveLength(2);
    writeFileSync(configFile, examples.join(""), { mode: 0o600 });
    const { exitCode, stderr } = await runNotify({ ...setup, configFile }, ["config", "check"]);
    expect([exitCode, stderr]).toEqual([0, ""]);
  });

  it("shows a line for cron that says nothing while all goes well, and why where it does not", async () => {
    const options = /^\*\/15 .* notify (.*) >\/dev\/null$/m.exec(page)?.[1]?.split(" ") ?? [];
    expect(options).toContain("flush");
    const setup = await setUpWaiting();
    expect((await runNotify(setup, options)).exitCode).toBe(1);
    configure(setup, smtpTransport(await smtpSink()));
    expect(await runNotify(setup, options)).toMatchObject({ exitCode: 0, stderr: "" });
  });

  it("names what lies in the state directory", async () => {
    const setup = await setUpWaiting();
    for (const name of ["notify/spool/", "notify/running/", "notify/jobs/"]) expect(page).toContain(`\`${name}\``);
    expect(waitingFiles({ stateDirectory: stateOf(setup) })).toHaveLength(1);
  });
});
