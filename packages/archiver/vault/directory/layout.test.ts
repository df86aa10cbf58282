import { expect, test } from "vitest";
import { archivePaths, nameOfLeftover } from "./layout.ts";

const id = { host: "wiki01", application: "wiki", name: "wiki_20261123T020000Z.tar.zst" };

test("finds the archive's name in each file that an unfinished fetch leaves", () => {
  const { part, note, sidecarPart, archive, sidecar } = archivePaths("/vault", id);
  for (const path of [part, note, sidecarPart])
    expect(nameOfLeftover(path.slice(path.lastIndexOf("/") + 1))).toBe(id.name);
  for (const path of [archive, sidecar, "/notes.part", "/.profile"])
    expect(nameOfLeftover(path.slice(path.lastIndexOf("/") + 1))).toBeUndefined();
});
