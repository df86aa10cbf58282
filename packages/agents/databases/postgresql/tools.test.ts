import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { silentLogger } from "@catapullt/core/log/logger";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { describe, expect, test } from "vitest";
import type { DatabaseContext } from "../engine.ts";
import { chooseTool, findTool, type Tool, toolEnvironment } from "./tools.ts";

type ToolFacts = Pick<Tool, "path" | "release" | "title">;

function tool(release: number, path = `/usr/lib/postgresql/${release}/bin/pg_dump`): ToolFacts {
  return { path, release, title: `pg_dump ${release}.1` };
}

describe("chooseTool", () => {
  test("takes the nearest to the server's release, the newest where any will do, and of equal ones the first", () => {
    const onPath = tool(15, "/opt/bin/pg_dump");
    const all = [tool(17), onPath, tool(9.6), tool(15)];
    expect(chooseTool(all, { name: "pg_dump", oldest: 16 })).toEqual(tool(17));
    expect(chooseTool(all, { name: "pg_dump", oldest: 13 })).toBe(onPath);
    expect(chooseTool(all, { name: "pg_dump", oldest: 9.6 })).toEqual(tool(9.6));
    expect(chooseTool(all, { name: "psql", oldest: 0 })).toEqual(tool(17));
    expect(chooseTool([onPath, tool(9.6), tool(15)], { name: "pg_dump", oldest: 15 })).toBe(onPath);
  });

  test("refuses tools that are older than the server, with the package to install", () => {
    expect(() => chooseTool([tool(13), tool(15)], { name: "pg_dump", oldest: 16 })).toThrow(
      expect.objectContaining({
        code: "tool-missing",
        message: "/usr/lib/postgresql/15/bin/pg_dump is too old: pg_dump 15.1 cannot serve release 16 of PostgreSQL",
        hint: expect.stringMatching(/^run: apt-get install postgresql-client-16 .*apt\.postgresql\.org/),
      }),
    );
  });

  test.each([
    [16, "run: apt-get install postgresql-client-16"],
    [9.6, "run: apt-get install postgresql-client-9.6"],
    [0, "run: apt-get install postgresql-client"],
  ])("says what to install for release %d where there is none", (oldest, hint) => {
    expect(() => chooseTool([], { name: "pg_restore", oldest })).toThrow(
      expect.objectContaining({ code: "tool-missing", message: "pg_restore is not installed", hint }),
    );
  });
});

describe("findTool", () => {
  function directoryWith(version: string): string {
    const directory = join(temporaryDirectory("tools"), "bin");
    mkdirSync(directory);
    writeFileSync(join(directory, "pg_dump"), `#!/bin/sh\necho '${version}'\n`);
    chmodSync(join(directory, "pg_dump"), 0o755);
    return directory;
  }

  function contextWith(...directories: string[]): DatabaseContext {
    const environment = { PATH: directories.join(":") };
    return { environment, signal: new AbortController().signal, log: silentLogger(), warn: () => {} };
  }

  test("asks each program on PATH for its version, and passes over what gives none", async () => {
    const [old, new_] = [directoryWith("pg_dump (PostgreSQL) 97.3"), directoryWith("pg_dump (PostgreSQL) 99.1")];
    const context = contextWith("relative", directoryWith("hello"), old, new_);
    expect(await findTool("pg_dump", 98, context)).toMatchObject({
      path: join(new_, "pg_dump"),
      release: 99,
      title: "pg_dump 99.1",
    });
  });

  test("finds what the system's packages keep outside PATH, and not Debian's wrapper for it", async () => {
    const directory = temporaryDirectory("wrapper");
    writeFileSync(join(directory, "pg_wrapper"), "#!/bin/sh\necho 'pg_dump (PostgreSQL) 99.1'\n");
    chmodSync(join(directory, "pg_wrapper"), 0o755);
    symlinkSync("pg_wrapper", join(directory, "pg_dump"));
    const found = await findTool("pg_dump", 0, contextWith(directory));
    expect(found.path).toMatch(/^\/usr\/lib\/postgresql\/[\d.]+\/bin\/pg_dump$/);
  });
});

test("toolEnvironment takes out what would change the connection, and asks for English messages", () => {
  expect(
    toolEnvironment({
      PATH: "/bin",
      HOME: "/root",
      PGHOST: "x",
      PGPASSWORD: "x",
      LC_MESSAGES: "de",
      LANGUAGE: "de",
      LANG: "de",
    }),
  ).toEqual({ PATH: "/bin", HOME: "/root", LANG: "de", LC_ALL: "C" });
});
