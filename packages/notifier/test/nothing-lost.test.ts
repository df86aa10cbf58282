import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "@catapullt/core/process/run";
import { freePort } from "@catapullt/testkit/free-port";
import type { HttpStandIn } from "@catapullt/testkit/http-stand-in";
import { programEnvironment, programFile } from "@catapullt/testkit/programs";
import type { SmtpFault, SmtpSink } from "@catapullt/testkit/smtp-sink";
import { systemProgram } from "@catapullt/testkit/system-packages";
import { describe, expect, it } from "vitest";
import { dispatchSetup, failure, reconfigure, success, tellRun, waitingFiles } from "./dispatch-support.ts";
import { finish, runNotify, type Setup, setUp, smtpSink, smtpTransport, startNotify } from "./support.ts";
import { httpStandIn } from "./transport-fixtures.ts";

const fails = ["--name", "job", "--", "sh", "-c", "exit 3"];

function hook(origin: string, more: object = {}): object {
  return { type: "webhook", url: `${origin}/hook`, timeout: "1s", ...more };
}

/** What arrived, as `job state`, each once. */
function outcomesOf({ requests }: HttpStandIn): string[] {
  const documents = requests.map(({ body }) => JSON.parse(body) as { job: string; state: string });
  return [...new Set(documents.map(({ job, state }) => `${job} ${state}`))].sort();
}

function subjectsOf({ mails }: SmtpSink): string[] {
  return mails.map(({ subject }) => subject.split(" ").slice(1, 3).join(" ")).sort();
}

describe("each outcome arrives in the end, through each transport, after", () => {
  type Prepared = { broken: object; repaired: object; arrived: () => string[] };
  const mail = async (fault: SmtpFault, more: object = {}): Promise<Prepared> => {
    const broken = await smtpSink({ fault });
    const sink = await smtpSink();
    return {
      broken: smtpTransport(broken, { timeout: "1s", ...more }),
      repaired: smtpTransport(sink),
      arrived: () => subjectsOf(sink),
    };
  };
  const mailTo = async (settings: object): Promise<Prepared> => {
    const sink = await smtpSink();
    return {
      broken: { ...smtpTransport(sink), timeout: "1s", ...settings },
      repaired: smtpTransport(sink),
      arrived: () => subjectsOf(sink),
    };
  };
  const request = async (answer: Parameters<typeof httpStandIn>[0], more: object = {}): Promise<Prepared> => {
    const broken = await httpStandIn(answer);
    const standIn = await httpStandIn();
    const arrived = () =>
      outcomesOf(standIn)
        .map((text) => text.replace("failure", "FAILED").replace("success", "OK").split(" ").reverse().join(" "))
        .sort();
    return { broken: hook(broken.origin, more), repaired: hook(standIn.origin), arrived };
  };

  it.each<[string, () => Promise<Prepared>]>([
    ["a mail server that refuses connections", async () => mailTo({ port: await freePort() })],
    ["a mail server whose name is not known", () => mailTo({ host: "mail.invalid" })],
    ["a mail server that hangs at once", () => mail({ at: "connect", does: "hang" })],
    ["a mail server that hangs at the end", () => mail({ at: "data", does: "hang" })],
    ["a mail server that cuts the connection", () => mail({ at: "data", does: "drop" })],
    ["a mail server that is busy", () => mail({ at: "sender", does: 451 })],
    ["a mail server that refuses the sender", () => mail({ at: "sender", does: 550 })],
    ["a mailbox that is full", () => mail({ at: "recipient", does: 452 })],
    ["a mail server without encryption", () => mailTo({ security: "starttls" })],
    ["a password file that is missing", () => mailTo({ user: "u", password: { file: "/no/such/file" } })],
    ["a service that fails", () => request({ answer: () => ({ status: 500 }) })],
    ["a service that refuses", () => request({ answer: () => ({ status: 403 }) })],
    [
      "a service that wants fewer messages",
      () => request({ answer: () => ({ status: 429, headers: { "retry-after": "3600" } }) }),
    ],
    ["a service that hangs", () => request({ answer: () => ({ does: "hang" }) })],
    ["a service that cuts the connection", () => request({ answer: () => ({ does: "drop" }) })],
    ["a certificate that nobody vouches for", () => request({ tls: true })],
  ])("%s", async (_, prepare) => {
    const { broken, repaired, arrived } = await prepare();
    const healthy = await httpStandIn();
    const setup = dispatchSetup({ transports: [broken, hook(healthy.origin)] });
    await tellRun(setup, { ...failure, job: "one" });
    await tellRun(setup, { ...success, job: "two" });
    expect(outcomesOf(healthy)).toEqual(["one failure", "two success"]);
    expect([healthy.requests.length, waitingFiles(setup).length]).toEqual([2, 2]);
    await tellRun(reconfigure(setup, { transports: [repaired, hook(healthy.origin)] }), { ...success, job: "three" });
    expect(arrived()).toEqual(["FAILED one", "OK three", "OK two"]);
    expect([healthy.requests.length, waitingFiles(setup)]).toEqual([3, []]);
  });

  it("a clock that was ahead when it failed, and went back", async () => {
    const sink = await smtpSink();
    const setup = dispatchSetup({ transports: [smtpTransport({ port: await freePort() }, { timeout: "1s" })] });
    const ahead = new Date(Date.now() + 400 * 24 * 3_600_000);
    await tellRun(setup, { ...failure, job: "one", startedAt: ahead, endedAt: ahead });
    await tellRun(reconfigure(setup, { remind: "24h", transports: [smtpTransport(sink)] }), { ...failure, job: "one" });
    expect(subjectsOf(sink)).toEqual(["FAILED one", "FAILED one"]);
  });
});

describe("notify that is ended while it sends", () => {
  async function whileSending(setup: Setup, isSending: () => boolean): Promise<ChildProcess> {
    const notify = startNotify(setup, fails);
    await expect.poll(isSending, { timeout: 30_000, interval: 20 }).toBe(true);
    return notify;
  }

  it.each(["connect", "sender", "recipient", "data"] as const)(
    "by SIGKILL while the mail server thinks at %s: the next run tells of both",
    async (at) => {
      const sink = await smtpSink({ fault: { at, does: "hang", times: 1 } });
      const setup = setUp(smtpTransport(sink));
      const notify = await whileSending(setup, () => sink.faults() === 1);
      notify.kill("SIGKILL");
      await once(notify, "exit");
      expect((await runNotify(setup, ["--name", "next", "--", "true"])).exitCode).toBe(0);
      expect(subjectsOf(sink)).toEqual(["FAILED job", "OK next"]);
      expect(waitingFilesOf(setup)).toEqual([]);
    },
  );

  it("by SIGKILL after the service took it: it comes twice, and can be told by its number", async () => {
    const standIn = await httpStandIn({ answers: [{ does: "hang" }] });
    const setup = setUp(hook(standIn.origin, { timeout: "60s" }));
    const notify = await whileSending(setup, () => standIn.requests.length === 1);
    notify.kill("SIGKILL");
    await once(notify, "exit");
    const flushed = await runNotify(setup, ["flush"]);
    expect([flushed.exitCode, flushed.stdout.toString()]).toEqual([
      0,
      expect.stringMatching(/^job .* webhook +sent +1$/m),
    ]);
    const [first, second] = standIn.requests.map(({ body }) => (JSON.parse(body) as { id: string }).id);
    expect([first, standIn.requests.length]).toEqual([second, 2]);
  });

  it("by SIGTERM: it ends with the command's own exit code, and what it has not sent waits", async () => {
    const standIn = await httpStandIn({ answers: [{ does: "hang" }] });
    const setup = setUp(hook(standIn.origin, { timeout: "60s" }));
    const notify = await whileSending(setup, () => standIn.requests.length === 1);
    notify.kill("SIGTERM");
    const { exitCode, stderr } = await finish(notify);
    expect([exitCode, stderr]).toEqual([3, expect.stringContaining("it is kept, and sent with the next run")]);
    expect((await runNotify(setup, ["flush"])).exitCode).toBe(0);
    expect(outcomesOf(standIn)).toEqual(["job failure"]);
  });
});

it("several runs that end at once send each message once, and lose none", async () => {
  const standIn = await httpStandIn();
  const setup = setUp(hook(`http://127.0.0.1:${await freePort()}`));
  for (const name of ["a", "b", "c"]) await runNotify(setup, ["--name", name, "--", "true"]);
  expect(waitingFilesOf(setup)).toHaveLength(3);
  writeFileSync(
    setup.configFile,
    JSON.stringify({
      transports: [hook(standIn.origin, { timeout: "30s" })],
      stateDir: join(setup.directory, "state"),
    }),
  );
  const names = ["d", "e", "f", "g"];
  await Promise.all(names.map((name) => runNotify(setup, ["--name", name, "--", "true"])));
  await runNotify(setup, ["flush"]);
  expect(standIn.requests).toHaveLength(7);
  expect(outcomesOf(standIn)).toEqual(["a", "b", "c", ...names].map((name) => `${name} success`));
});

describe("a state directory", () => {
  /** Runs a shell script in a mount namespace of its own, with `$STATE` to mount over and `notify` as a function. */
  async function inNamespace(setup: Setup, script: string) {
    const notify = [process.execPath, programFile("notify"), "--config", setup.configFile].map((word) => `'${word}'`);
    const prelude = `mkdir -p "$STATE"; notify() { ${notify.join(" ")} "$@"; }`;
    const { exitCode, output, errorOutput } = await run(
      systemProgram("unshare"),
      ["--user", "--map-root-user", "--mount", "sh", "-c", `${prelude}\n${script}`],
      { environment: programEnvironment({ STATE: join(setup.directory, "state"), TMPDIR: setup.directory }) },
    );
    return { exitCode, stdout: output.toString(), stderr: errorOutput };
  }

  const full = 'mount -t tmpfs -o size=1M tmpfs "$STATE"; dd if=/dev/zero of="$STATE/filling" bs=4096 2>/dev/null';

  it.each([
    ["full to the last byte", full],
    ["read-only", 'mount --bind "$STATE" "$STATE"; mount -o remount,bind,ro "$STATE"'],
  ])("that is %s costs no message, and is told with what to do", async (_, prepare) => {
    const sink = await smtpSink();
    const setup = setUp(smtpTransport(sink));
    const { exitCode, stderr } = await inNamespace(setup, `${prepare}\nnotify --name job -- sh -c 'exit 3'`);
    expect([exitCode, subjectsOf(sink)]).toEqual([3, ["FAILED job"]]);
    expect(stderr).toContain("set `stateDir`");
  });

  it("that fills up while the command runs and nobody can be told: the next run tells of both", async () => {
    const sink = await smtpSink();
    const setup = setUp(smtpTransport({ port: await freePort() }, { timeout: "1s" }));
    const repaired = join(setup.directory, "repaired.json");
    const stateDir = join(setup.directory, "state");
    writeFileSync(repaired, JSON.stringify({ transports: [smtpTransport(sink)], stateDir }), { mode: 0o600 });
    const { stdout, stderr } = await inNamespace(
      setup,
      `mount -t tmpfs -o size=1M tmpfs "$STATE"
notify --name job -- sh -c 'dd if=/dev/zero of="$STATE/filling" bs=4096 2>/dev/null; exit 3'; echo "code $?"
rm "$STATE/filling"
notify --config ${repaired} --name next -- true`,
    );
    expect([stdout, stderr]).toEqual(["code 3\n", expect.stringContaining("it could not be kept either")]);
    expect(subjectsOf(sink)).toEqual(["FAILED job", "OK next"]);
  });
});

function waitingFilesOf({ directory }: Setup): string[] {
  return waitingFiles({ stateDirectory: join(directory, "state") });
}
