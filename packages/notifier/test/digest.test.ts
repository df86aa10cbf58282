import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { runNotify, type Setup, setUp, setUpWithSink, smtpTransport } from "./support.ts";

function configure({ configFile }: Setup, more: object): void {
  const config = JSON.parse(readFileSync(configFile, "utf8"));
  writeFileSync(configFile, JSON.stringify({ ...config, ...more }), { mode: 0o600 });
}

function archiver({ directory }: Setup, script: string): object {
  const program = join(directory, "archiver");
  writeFileSync(program, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return { archiver: { command: [program, "check", "--json"] } };
}

it("sends one summary of all jobs since the last one, whatever `on` says", async () => {
  const setup = await setUpWithSink({ on: ["failure"] });
  configure(setup, { jobs: { nightly: { every: "24h" }, weekly: { every: "7d" } } });
  for (const name of ["nightly", "other"]) await runNotify(setup, ["--name", name, "--", "true"]);

  const first = await runNotify(setup, ["digest"]);
  expect([first.exitCode, first.stderr]).toEqual([0, ""]);
  const [mail] = setup.sink.mails;
  expect(mail?.subject).toMatch(/^\[backup\] 2 OK, 1 not due yet on /);
  expect(mail?.text).toMatch(
    /\nnightly +OK: 1 run, last .*\nweekly +not due yet: nothing ran, next .*\nother +OK: 1 run, /,
  );
  expect(first.stdout.toString()).toBe(`${mail?.subject}\nsent through smtp 127.0.0.1:${setup.sink.port}\n`);

  const second = await runNotify(setup, ["digest", "--json"]);
  const { since, until, counts } = JSON.parse(second.stdout.toString());
  const { at } = JSON.parse(readFileSync(join(setup.directory, "state", "notify", "digest.json"), "utf8"));
  expect(until).toBe(at);
  expect(mail?.text).toContain(`to ${since.slice(0, 19).replace("T", " ")} UTC`);
  expect(counts).toMatchObject({ ok: 1, waiting: 1, idle: 1 });
  expect(setup.sink.mails[1]?.text).toMatch(/\nnightly +OK: nothing ran, last /);
});

it("prints with --dry-run what it would send, and sends and remembers nothing", async () => {
  const setup = await setUpWithSink();
  configure(setup, { jobs: { nightly: { every: "24h" } } });
  const { exitCode, stdout } = await runNotify(setup, ["digest", "--dry-run", "--since", "7d"]);
  expect([exitCode, setup.sink.mails]).toEqual([0, []]);
  expect(stdout.toString()).toMatch(
    /^\[backup\] 0 OK, 1 not due yet on .*\n\nOK: 0 OK, 1 not due yet on .*\n1 job, from /,
  );
  expect(existsSync(join(setup.directory, "state"))).toBe(false);
});

it("tells what the archiver says, and of a check that cannot be done, beside the rest", async () => {
  const setup = await setUpWithSink();
  await runNotify(setup, ["--name", "nightly", "--", "true"]);
  const finding = { host: "wiki01", application: "confluence", kind: "stale", message: "no backup since …" };
  const verdict = JSON.stringify({ healthy: false, findings: [finding], applications: [] });
  configure(setup, { digest: archiver(setup, `[ "$*" = "check --json" ] || exit 2\necho '${verdict}'\nexit 1`) });
  expect((await runNotify(setup, ["digest"])).exitCode).toBe(0);
  expect(setup.sink.mails.at(-1)?.subject).toMatch(/^\[backup\] 1 OK, 1 overdue on /);

  configure(setup, { digest: archiver(setup, "echo 'no vault' >&2; exit 2") });
  const broken = await runNotify(setup, ["digest", "--since", "1d"]);
  expect([broken.exitCode, broken.stderr.includes("check --json failed: exit code 2: no vault")]).toEqual([0, true]);
  expect(setup.sink.mails.at(-1)?.subject).toMatch(/^\[backup\] 1 OK, 1 failed on /);
  expect(setup.sink.mails.at(-1)?.text).toContain("archiver check: failed: exit code 2: no vault");
});

it("ends with 1 where it could not be sent, keeps it, and sends it later", async () => {
  const setup = await setUpWithSink();
  const config = readFileSync(setup.configFile, "utf8");
  configure(setup, { transports: [smtpTransport({ port: 1 }, { timeout: "1s" })] });
  const { exitCode, stdout } = await runNotify(setup, ["digest"]);
  expect(exitCode).toBe(1);
  expect(stdout.toString()).toContain("not sent through smtp 127.0.0.1:1: it waits for the next run or `notify flush`");
  writeFileSync(setup.configFile, config);
  await runNotify(setup, ["--name", "nightly", "--", "true"]);
  expect(setup.sink.mails.map(({ subject }) => subject.slice(0, 14)).sort()).toEqual([
    "[backup] 0 OK ",
    "[backup] OK ni",
  ]);
});

it("leaves out a transport that says so, and refuses where none is left", async () => {
  const setup = await setUpWithSink({ digest: false });
  const { exitCode, stderr } = await runNotify(setup, ["digest"]);
  expect([exitCode, stderr.includes("no transport takes summaries")]).toEqual([2, true]);
  const none = await runNotify(setUp(), ["digest"]);
  expect([none.exitCode, none.stderr.includes("no transport is configured")]).toEqual([2, true]);
});

it.each(["soon", "0s", "-1d", ""])("refuses --since %j", async (since) => {
  const { exitCode, stderr } = await runNotify(setUp(), ["digest", `--since=${since}`]);
  expect([exitCode, stderr.includes(`--since ${since} is no time`)]).toEqual([2, true]);
});

it.each([
  [{ archiver: "yes" }, "digest.archiver"],
  [{ archiver: { command: [] } }, "digest.archiver.command"],
  [{ archivers: true }, 'did you mean "archiver"'],
])("finds what is wrong with the configuration %j", async (digest, told) => {
  const setup = setUp();
  configure(setup, { digest });
  const { exitCode, stderr } = await runNotify(setup, ["config", "check"]);
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining(told)]);
});
