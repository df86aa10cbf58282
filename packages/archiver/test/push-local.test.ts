import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "@catapullt/core/process/run";
import { programEnvironment, programFile } from "@catapullt/testkit/programs";
import { systemProgram } from "@catapullt/testkit/system-packages";
import { expect, test } from "vitest";
import { filesBelow, filesOf } from "./backup-host.ts";
import { createPushHost, type PushHost } from "./push-host.ts";
import { putArchive } from "./sample-archive.ts";

function setUp(): PushHost {
  const host = createPushHost();
  host.configure({ type: "local", path: host.inbox });
  return host;
}

/** Runs `archiver push` where the shell script `mount` has prepared `$INBOX`, and tells what that holds afterwards. */
async function pushAfter(mount: string, host: PushHost) {
  const program = [process.execPath, programFile("archiver"), "--config", host.configFile, "push"];
  const script = `${mount}\n"$@" || code=$?; cd "$INBOX"; find . -type f | sort >&3; exit "\${code:-0}"`;
  const listing = join(host.directory, "listing");
  const { exitCode, errorOutput } = await run(
    systemProgram("unshare"),
    ["--user", "--map-root-user", "--mount", "sh", "-ec", `exec 3>"$LISTING"\n${script}`, "sh", ...program],
    { environment: programEnvironment({ INBOX: host.inbox, LISTING: listing }) },
  );
  const there = readFileSync(listing, "utf8").split("\n").filter(Boolean);
  return { exitCode, stderr: errorOutput, there: there.map((name) => name.slice(2)) };
}

test("writes to a mounted disk, then removes here what was written", async () => {
  const host = setUp();
  const old = await putArchive(host.work, { time: "20261121T020000Z", bytes: 2_000_000 });
  const archive = await putArchive(host.work);

  expect(await pushAfter('mount -t tmpfs none "$INBOX"', host)).toMatchObject({
    exitCode: 0,
    there: filesOf(old, archive),
  });
  expect(filesBelow(host.work)).toEqual(filesOf(archive));
});

test("removes nothing here where the disk is not mounted, and says so", async () => {
  const host = setUp();
  const archives = [await putArchive(host.work, { time: "20261121T020000Z" }), await putArchive(host.work)];

  const push = await host.archiver(["push"]);

  expect(push).toMatchObject({ exitCode: 0 });
  expect(push.stderr).toMatch(
    /nothing is removed here: .*inbox is on the same file system as .*work; is its disk mounted\?/,
  );
  expect(filesBelow(host.work)).toEqual(filesOf(...archives));
  expect(host.report()).toMatchObject({ outcome: "warning" });
});

test("says that the disk is full before it fills it, and leaves nothing there", async () => {
  const host = setUp();
  const archive = await putArchive(host.work, { bytes: 3_000_000 });

  const push = await pushAfter('mount -t tmpfs -o size=1M none "$INBOX"', host);

  expect(push).toMatchObject({ exitCode: 1, there: [] });
  expect(push.stderr).toMatch(
    /no space left at .*inbox: 3\.00 MB are needed, 1\.05 MB are free code=destination-unusable/,
  );
  expect(filesBelow(host.work)).toEqual(filesOf(archive));
});

test("sends what fits where another archive does not", async () => {
  const host = setUp();
  const large = await putArchive(host.work, { time: "20261121T020000Z", bytes: 3_000_000 });
  const archive = await putArchive(host.work);

  const push = await pushAfter('mount -t tmpfs -o size=1M none "$INBOX"', host);

  expect(push).toMatchObject({ exitCode: 1, there: filesOf(archive) });
  expect(filesBelow(host.work)).toEqual(filesOf(large, archive));
});

test("fails on a disk that is read-only", async () => {
  const host = setUp();
  const archive = await putArchive(host.work);

  const push = await pushAfter('mount --bind "$INBOX" "$INBOX"; mount -o remount,bind,ro "$INBOX"', host);

  expect(push).toMatchObject({ exitCode: 1, there: [] });
  expect(push.stderr).toMatch(/read-only file system[\s\S]*look at the mount/i);
  expect(filesBelow(host.work)).toEqual(filesOf(archive));
});

test("goes on with a part of an earlier run", async () => {
  const host = setUp();
  const archive = await putArchive(host.work, { bytes: 3_000_000 });
  await host.archiver(["push"]);
  rmSync(host.inbox, { recursive: true });
  rmSync(host.recordsFile);
  mkdirSync(join(host.inbox, "wiki"), { recursive: true });
  writeFileSync(join(host.inbox, "wiki", `.${archive.name}.part`), archive.content.subarray(0, 2_000_000));

  const push = await host.archiver(["push", "--json"]);
  expect(push).toMatchObject({ exitCode: 0 });
  expect(JSON.parse(push.stdout).pushed).toMatchObject([{ resumedFrom: 2_000_000 }]);
  expect(filesBelow(host.inbox)).toEqual(filesOf(archive));
});

test("fails where the records cannot be written, before anything is sent", async () => {
  const host = setUp();
  const archive = await putArchive(host.work);
  mkdirSync(host.recordsFile, { recursive: true });

  const push = await host.archiver(["push"]);
  expect(push).toMatchObject({ exitCode: 1 });
  expect(push.stderr).toMatch(/push-receipts\.jsonl.*code=state-unusable\n.*set `stateDir`/);
  expect(filesBelow(host.inbox)).toEqual([]);
  expect(filesBelow(host.work)).toEqual(filesOf(archive));
});
