import { describe, expect, test } from "vitest";
import type { ArchiveMember } from "../tar/tar-members.ts";
import { createMemberGuard } from "./member-guard.ts";

function member(name: string, rest: Partial<ArchiveMember> = {}): ArchiveMember {
  return {
    name,
    rawName: Buffer.from(name, "latin1"),
    type: "file",
    size: 0,
    mode: 0o6755,
    uid: 1,
    gid: 2,
    modifiedAt: new Date(0),
    modifiedAtNanoseconds: 7n,
    linkName: undefined,
    rawLinkName: undefined,
    ...rest,
  };
}

function link(name: string, target: string, type: "symlink" | "hardlink"): ArchiveMember {
  return member(name, { type, linkName: target, rawLinkName: Buffer.from(target, "latin1") });
}

const directory = (name: string) => member(name, { type: "directory" });
const limits = { files: 3, directories: 3, links: 3, bytes: 1000 };
const guardOf = (keepsOwners = true) => createMemberGuard({ prefix: "files", limits, keepsOwners });

describe("the guard of an extraction", () => {
  test("admits files, directories and links with names relative to the target", () => {
    const guard = guardOf();
    expect(guard.admit(directory("files/home")).name).toBe("home");
    expect(guard.admit(member("files/home/line\nfeed \xff", { size: 10 }))).toMatchObject({
      name: "home/line\nfeed \xff",
      size: 10,
      mode: 0o6755,
      modifiedAt: 7n,
    });
    expect(guard.admit(link("files/home/a", "/etc/passwd", "symlink")).linkName).toBe("/etc/passwd");
    expect(guard.admit(link("files/home/b", "files/home/a", "hardlink")).linkName).toBe("home/a");
  });

  test("takes setuid and setgid away where owners are not kept", () => {
    const guard = guardOf(false);
    expect(guard.admit(directory("files/home")).mode).toBe(0o755);
  });

  test.each<[string, ArchiveMember, RegExp]>([
    ["an absolute path", member("/files/home/x"), /absolute/],
    ["..", member("files/home/../../etc/cron.d/x"), /outside/],
    [".. alone", member("files/.."), /outside/],
    [".", member("files/home/./x"), /not plain/],
    ["an empty component", member("files/home//x"), /not plain/],
    ["an empty name", member(""), /not plain/],
    ["a NUL", member("files/home/a\0b"), /NUL/],
    ["a name that is too long", member(`files/home/${"x".repeat(256)}`), /255/],
    ["another place", member("etc/passwd"), /does not lie in files/],
    ["the prefix itself", member("files"), /does not lie in files/],
    ["a device", member("files/home/null", { type: "other" }), /neither/],
    ["a parent that is a link", member("files/home/link/x"), /no directory/],
    ["a parent that is not there", member("files/other/x"), /no directory/],
    ["a directory that is there twice", directory("files/home"), /twice/],
    ["a hard link outside", link("files/home/x", "/etc/shadow", "hardlink"), /absolute/],
    ["a hard link by ..", link("files/home/x", "files/home/../../../etc/shadow", "hardlink"), /outside/],
    [
      "a hard link through a link",
      link("files/home/x", "files/home/link/shadow", "hardlink"),
      /outside of this archive/,
    ],
    ["a hard link to a directory", link("files/home/x", "files/home", "hardlink"), /directory/],
    ["an empty symbolic link", link("files/home/x", "", "symlink"), /no name/],
    ["a link with a content", { ...link("files/home/x", "a", "symlink"), size: 5 }, /content/],
    ["more bytes than the manifest says", member("files/home/x", { size: 1001 }), /1000 bytes/],
  ])("refuses %s", (_, hostile, message) => {
    const guard = guardOf();
    guard.admit(directory("files/home"));
    guard.admit(link("files/home/link", "/etc", "symlink"));
    expect(() => guard.admit(hostile)).toThrow(message);
    expect(() => guard.admit(hostile)).toThrow(expect.objectContaining({ code: "archive-unsafe" }));
  });

  test("refuses one file more than the manifest says", () => {
    const guard = guardOf();
    guard.admit(directory("files/home"));
    for (const name of ["a", "b", "c"]) guard.admit(member(`files/home/${name}`));
    expect(() => guard.admit(member("files/home/d"))).toThrow(/3 files/);
  });

  test("shows names without control characters", () => {
    expect(() => guardOf().admit(member("/\u001b[2Jx"))).toThrow(/^the member \/\\u001b\[2Jx has/);
  });
});
