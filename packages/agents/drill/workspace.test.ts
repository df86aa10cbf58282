import {
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { expect, test } from "vitest";
import { createWorkspace } from "./workspace.ts";

const abandoned = ".backup-agent-drill-0badcafe";

test("others may pass through a workspace and see nothing, and it goes away with all that is in it", async () => {
  const parent = temporaryDirectory("d");
  const workspace = await createWorkspace(parent);
  writeFileSync(join(await workspace.directory("files"), "a"), "");
  expect(statSync(workspace.path).mode & 0o777).toBe(0o711);
  expect(statSync(join(workspace.path, "files")).mode & 0o777).toBe(0o700);
  await workspace.remove();
  await workspace.remove();
  expect(readdirSync(parent)).toEqual([]);
});

test("a second drill leaves the first one's workspace alone", async () => {
  const parent = temporaryDirectory("d");
  const first = await createWorkspace(parent);
  const second = await createWorkspace(parent);
  expect(existsSync(first.path)).toBe(true);
  await Promise.all([first.remove(), second.remove()]);
});

test("what nobody uses any more is removed", async () => {
  const parent = temporaryDirectory("d");
  for (const name of [abandoned, `${abandoned}1`]) mkdirSync(join(parent, name, "mysql"), { recursive: true });
  writeFileSync(join(parent, abandoned, "in-use.lock"), "");
  utimesSync(join(parent, `${abandoned}1`), 0, 0);
  const workspace = await createWorkspace(parent);
  expect(readdirSync(parent)).toEqual([basename(workspace.path)]);
  await workspace.remove();
});

test("what another drill is just about to lock is left alone", async () => {
  const parent = temporaryDirectory("d");
  mkdirSync(join(parent, abandoned));
  const workspace = await createWorkspace(parent);
  expect(existsSync(join(parent, abandoned))).toBe(true);
  await workspace.remove();
});

test("what others have put down under such a name is neither entered nor removed", async () => {
  const parent = temporaryDirectory("d");
  const elsewhere = temporaryDirectory("elsewhere");
  symlinkSync(elsewhere, join(parent, `${abandoned}1`));
  mkdirSync(join(parent, abandoned));
  symlinkSync(join(elsewhere, "written"), join(parent, abandoned, "in-use.holder"));
  chownSync(join(parent, abandoned), 65534, 65534);
  const workspace = await createWorkspace(parent);
  await workspace.remove();
  expect(readdirSync(elsewhere)).toEqual([]);
  expect(readdirSync(parent).sort()).toEqual([abandoned, `${abandoned}1`]);
});
