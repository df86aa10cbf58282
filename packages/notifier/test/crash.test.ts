import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { finish, isAlive, runNotify, type Setup, setUpWithSink, startNotify, waitForText } from "./support.ts";

const running = ({ directory }: Setup) => join(directory, "state", "notify", "running");
const entries = (setup: Setup) => readdirSync(running(setup));

/** The only run's record of one kind. */
function readEntry(setup: Setup, name: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(running(setup), entries(setup)[0] ?? "", name), "utf8"));
}

/** The number of the process that stands above the command, which is that of its group. */
async function groupOf(setup: Setup): Promise<number> {
  await expect
    .poll(() => readdirSync(join(running(setup), entries(setup)[0] ?? "")), { timeout: 30_000 })
    .toContain("command.json");
  return Number(readEntry(setup, "command.json").process);
}

/** Starts a script below a notify that is killed once the script has said `on`; the group of the script. */
async function killNotify(setup: Setup, script: string): Promise<number> {
  const child = startNotify(setup, ["--name", "cut off", "--", "sh", "-c", script], { cwd: setup.directory });
  await waitForText(child.stdout, "on\n");
  const group = await groupOf(setup);
  child.kill("SIGKILL");
  await finish(child);
  return group;
}

async function waitUntilGone(processId: number): Promise<void> {
  await expect.poll(() => isAlive(processId), { timeout: 30_000 }).toBe(false);
}

/** What the next run of any job tells besides itself. */
async function tellNext(setup: Awaited<ReturnType<typeof setUpWithSink>>) {
  await runNotify(setup, ["--name", "next", "--", "true"]);
  return setup.sink.mails.filter(({ subject }) => !subject.includes("next on"));
}

const report = (outcome: string, failures: object[] = []) =>
  JSON.stringify({
    ...{ schemaVersion: 1, program: "backup-agent", command: "backup", host: "wiki01", application: "confluence" },
    ...{ outcome, startedAt: "2126-11-24T02:00:00.000Z", endedAt: "2126-11-24T02:00:00.000Z" },
    ...{ archives: [], databases: [], trees: [], warnings: [], failures },
  });

describe("a run whose notify was killed", () => {
  it("goes on, and the next run tells how it ended, when, and what it printed until then and after", async () => {
    const setup = await setUpWithSink();
    const group = await killNotify(
      setup,
      "echo on; while [ ! -e go ]; do sleep 0.05; done; seq -f 'line %.0f' 1 50000; echo bad >&2; exit 3",
    );
    expect(await tellNext(setup)).toEqual([]);
    writeFileSync(join(setup.directory, "go"), "");
    await waitUntilGone(group);
    const [mail, ...rest] = await tellNext(setup);
    expect(mail?.subject).toMatch(/FAILED cut off on .*: exit code 3 after /);
    expect(mail?.text).toContain("because notify itself was ended before it could tell");
    expect(mail?.text).toContain("| line 50000\n");
    expect(mail?.text).toContain("| bad\n");
    expect([rest, entries(setup)]).toEqual([[], []]);
  });

  it.each([
    ["that ended by a signal", "kill -TERM $$", "ended by SIGTERM"],
    ["that exited as if it had", "exit 143", "exit code 143"],
  ])("is told apart where it is one %s", async (_, last, end) => {
    const setup = await setUpWithSink();
    const group = await killNotify(setup, `echo on; while [ ! -e go ]; do sleep 0.05; done; ${last}`);
    writeFileSync(join(setup.directory, "go"), "");
    await waitUntilGone(group);
    expect((await tellNext(setup))[0]?.subject).toContain(`: ${end} after `);
  });

  it("is a success where it ended well, and stands in its job's record at its own time", async () => {
    const setup = await setUpWithSink();
    const group = await killNotify(setup, "echo on; while [ ! -e go ]; do sleep 0.05; done; exit 0");
    writeFileSync(join(setup.directory, "go"), "");
    await waitUntilGone(group);
    const { startedAt } = readEntry(setup, "record.json");
    expect((await tellNext(setup))[0]?.subject).toContain("OK cut off on");
    const jobs = join(setup.directory, "state", "notify", "jobs");
    const record = readdirSync(jobs).find((name) => name.startsWith("cut-off-")) ?? "";
    const { recent } = JSON.parse(readFileSync(join(jobs, record), "utf8"));
    expect(recent).toMatchObject([{ state: "success", exitCode: 0, startedAt }]);
  });
});

describe("a run that was killed together with its notify", () => {
  it("is told as one whose end is not known, once, also where two look at the same time", async () => {
    const setup = await setUpWithSink();
    const group = await killNotify(setup, "echo on; exec sleep 600");
    process.kill(-group, "SIGKILL");
    await waitUntilGone(group);
    await Promise.all([tellNext(setup), tellNext(setup)]);
    const late = (await tellNext(setup)).map(({ subject }) => subject);
    expect(late).toEqual([expect.stringMatching(/FAILED cut off on .*: end unknown$/)]);
  });

  it.each([
    ["success", "OK cut off on"],
    ["failure", "FAILED cut off on"],
  ])("is a %s where the command has reported that", async (outcome, subject) => {
    const setup = await setUpWithSink();
    const failures = [{ code: "dump-failed", message: "the dump broke" }];
    writeFileSync(join(setup.directory, "report"), report(outcome, outcome === "failure" ? failures : []));
    const group = await killNotify(setup, 'cp report "$BACKUP_REPORT"; echo on; exec sleep 600');
    process.kill(-group, "SIGKILL");
    await waitUntilGone(group);
    const [mail] = await tellNext(setup);
    expect(mail?.subject).toContain(subject);
    expect(mail?.text.includes("the dump broke")).toBe(outcome === "failure");
  });
});

it("tells of a run whose notify was killed while it told of it", async () => {
  const setup = await setUpWithSink({ on: ["failure"] });
  const slow = { ...setup, configFile: join(setup.directory, "slow.json") };
  const state = join(setup.directory, "state");
  const command = ["sh", "-c", "touch telling; exec sleep 600"];
  const transports = [{ type: "command", command, timeout: "1h" }];
  writeFileSync(slow.configFile, JSON.stringify({ transports, stateDir: state }));
  const child = startNotify(slow, ["--name", "cut off", "--", "sh", "-c", "echo on; exit 9"], { cwd: setup.directory });
  await expect.poll(() => readdirSync(setup.directory), { timeout: 30_000 }).toContain("telling");
  expect(entries(setup)).toEqual([]); // the message is stored by now, which is enough
  child.kill("SIGKILL");
  await once(child, "exit");
  const mails = await tellNext(setup);
  expect(mails.map(({ subject }) => subject)).toEqual([expect.stringContaining("exit code 9")]);
  expect(mails[0]?.text).toContain("| on");
});

describe("what is left of runs", () => {
  it("is nothing after a run that was told", async () => {
    const setup = await setUpWithSink();
    await runNotify(setup, ["--", "sh", "-c", "exit 3"]);
    expect(entries(setup)).toEqual([]);
  });

  it("is for its own user only while it goes on", async () => {
    const setup = await setUpWithSink();
    const group = await killNotify(setup, "echo on; exec sleep 600");
    const modes = execFileSync("find", [running(setup), "-mindepth", "1", "-printf", "%m %y\n"])
      .toString()
      .split("\n");
    process.kill(-group, "SIGKILL");
    expect(new Set(modes.filter((line) => line !== ""))).toEqual(new Set(["700 d", "600 f"]));
  });

  it("is left alone where the host or container of its notify is another one, but not for ever", async () => {
    const setup = await setUpWithSink();
    const group = await killNotify(setup, "echo on; exec sleep 600");
    process.kill(-group, "SIGKILL");
    await waitUntilGone(group);
    const record = readEntry(setup, "record.json");
    const notify = { ...(record.notify as object), host: "elsewhere" };
    const file = join(running(setup), entries(setup)[0] ?? "", "record.json");
    writeFileSync(file, JSON.stringify({ ...record, notify }));
    expect(await tellNext(setup)).toEqual([]);
    const startedAt = new Date(Date.now() - 8 * 24 * 60 * 60 * 1000);
    writeFileSync(file, JSON.stringify({ ...record, notify, startedAt }));
    expect((await tellNext(setup))[0]?.subject).toContain("end unknown");
  });

  it("costs a warning where it cannot be read", async () => {
    const setup = await setUpWithSink();
    const broken = join(running(setup), "broken");
    mkdirSync(broken, { recursive: true });
    writeFileSync(join(broken, "record.json"), "{");
    utimesSync(broken, 0, 0);
    const { exitCode, stderr } = await runNotify(setup, ["--", "true"]);
    expect([exitCode, entries(setup)]).toEqual([0, []]);
    expect(stderr).toContain("a run was cut off as it began");
  });
});

it("runs the command as usual, with one warning, where the state directory cannot be written", async () => {
  const setup = await setUpWithSink();
  writeFileSync(join(setup.directory, "state"), "a file");
  const { exitCode, stdout, stderr } = await runNotify(setup, ["--", "sh", "-c", "echo out; exit 6"]);
  expect([exitCode, stdout.toString()]).toEqual([6, "out\n"]);
  expect(setup.sink.mails[0]?.subject).toContain("exit code 6");
  expect(stderr).toContain("cannot be kept");
});
