import { describe, expect, test } from "vitest";
import { decideOwners } from "./roles.ts";

const none = { missing: [], foreign: [], administrator: "postgres" };

describe("decideOwners", () => {
  test.each(["auto", "keep"] as const)("keeps owners where all roles are there, with %s", (choice) => {
    expect(decideOwners(choice, none, "wiki")).toEqual({ strips: false, note: undefined });
  });

  test("leaves owners out when told to", () => {
    expect(decideOwners("strip", none, "wiki")).toMatchObject({ strips: true, note: expect.stringContaining("wiki") });
  });

  test("leaves them out where a role is missing, with the statement that makes it", () => {
    expect(decideOwners("auto", { ...none, missing: ['re"port'] }, "wiki")).toEqual({
      strips: true,
      note: expect.stringContaining('CREATE ROLE "re""port";'),
    });
  });

  test("refuses to keep what would belong to a missing role", () => {
    expect(() => decideOwners("keep", { ...none, missing: ["report"] }, "wiki")).toThrow(
      expect.objectContaining({ code: "restore-refused", hint: expect.stringContaining('CREATE ROLE "report";') }),
    );
  });

  test("leaves them out where the user may not act for another role, but waits for the dump with the first superuser", () => {
    expect(decideOwners("auto", { ...none, foreign: ["postgres", "report"] }, "wiki")).toMatchObject({ strips: true });
    expect(decideOwners("auto", { ...none, foreign: ["postgres"] }, "wiki")).toMatchObject({ strips: false });
    expect(decideOwners("keep", { ...none, foreign: ["report"] }, "wiki")).toMatchObject({ strips: false });
  });
});
