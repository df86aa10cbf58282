import { writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { createBackupHost } from "./backup-host.ts";
import { createPushHost } from "./push-host.ts";

const access = { address: "192.0.2.1", user: "push", identityFile: "/nonexistent/key", path: "/inbox" };

test("a host that pushes needs no vault, and every other command says what is missing", async () => {
  const host = createPushHost();
  host.configure(access);

  expect(await host.archiver(["config", "check"])).toMatchObject({ exitCode: 0 });
  for (const command of ["pull", "list", "prune"]) {
    const { exitCode, stderr } = await host.archiver([command]);
    expect([command, exitCode]).toEqual([command, 2]);
    expect(stderr).toContain(`${host.configFile}`);
    expect(stderr).toContain("vault: missing; expected a full path such as /srv/data");
  }
});

test("a backup host that is told to push says what is missing", async () => {
  const host = createBackupHost();
  host.configure({});
  const { exitCode, stderr } = await host.archiver(["push"]);
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(
    /archiver\.yaml: push: missing; expected where archives are sent to code=config-invalid\n.*add `push:/,
  );
});

test("a file for neither is a problem", async () => {
  const host = createPushHost();
  writeFileSync(host.configFile, "{}");
  const { exitCode, stderr } = await host.archiver(["config", "check"]);
  expect(exitCode).toBe(2);
  expect(stderr).toContain(
    "vault: missing; expected a full path such as /srv/backups, or `push` on a host that only pushes",
  );
});

test.each([
  [{ to: { ...access, identityFile: undefined } }, "push.to.identityFile: missing; expected the private key"],
  [{ to: { ...access, agent: true } }, "push.to.agent: expected either identityFile or agent: true, got both"],
  [{ to: { ...access, path: "inbox" } }, "push.to.path: expected the full path of a directory as this user sees it"],
  [{ to: { type: "local", path: "mnt" } }, "push.to.path: expected a full path such as /srv/data"],
  [{ to: access, rate: "fast" }, "push.rate: expected a size such as"],
  [{ to: access, rate: "0" }, "push.rate"],
  [{ to: access, retention: { latest: 1 } }, "did you mean"],
  [{}, "push.to: missing"],
])("a wrong configuration is explained: %j", async (push, message) => {
  const host = createPushHost();
  writeFileSync(host.configFile, JSON.stringify({ push }));
  const { exitCode, stderr } = await host.archiver(["push"]);
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining(message)]);
});
