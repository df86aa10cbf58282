import { expect, test } from "vitest";
import type { DatabaseSettings, RestoreRequest } from "../engine.ts";
import { restoreGuide } from "./restore-guide.ts";

function commands(settings: Partial<DatabaseSettings>, roles: string[] = ["postgres", "wiki"]): string[] {
  const request: RestoreRequest = {
    settings: { engine: "postgresql", name: "wiki", skip: [], ...settings },
    inventory: {
      serverVersion: "15.18",
      characterSet: "UTF8",
      collation: "C",
      tables: [],
      triggers: [],
      routines: [],
      events: [],
      roles,
    },
    archive: "wiki_20261123T020000Z.tar.zst",
    member: "database/wiki.dump",
    alone: true,
  };
  const [, script = ""] = /```sh\n(.*?)\n```/s.exec(restoreGuide(request).join("\n")) ?? [];
  return script.split("\n");
}

test("goes over TCP as postgres where the server is another host", () => {
  const [roles = "", ...rest] = commands({ host: "db1", port: 5433 });
  expect(roles).toMatch(/^psql --host=db1 --port=5433 --username=postgres .*ARRAY\['\\''wiki'\\''\] LOOP/);
  expect(rest).toEqual([
    "tar -xOf wiki_20261123T020000Z.tar.zst database | pg_restore --host=db1 --port=5433 --username=postgres --exit-on-error --no-tablespaces --create --dbname=postgres",
    "vacuumdb --host=db1 --port=5433 --username=postgres --analyze-only --dbname='dbname='\\''wiki'\\'''",
  ]);
});

test("works through the local socket as the system's user postgres", () => {
  expect(commands({}, ["postgres"])).toEqual([
    "tar -xOf wiki_20261123T020000Z.tar.zst database | runuser -u postgres -- pg_restore --username=postgres --exit-on-error --no-tablespaces --create --dbname=postgres",
    "runuser -u postgres -- vacuumdb --username=postgres --analyze-only --dbname='dbname='\\''wiki'\\'''",
  ]);
});

test("loads into a database that every server has without making it", () => {
  expect(commands({ name: "postgres" }, [])[0]).toMatch(/--no-tablespaces --dbname=postgres$/);
});
