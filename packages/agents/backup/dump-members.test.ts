import { expect, test } from "vitest";
import { dumpMembers } from "./dump-members.ts";

const sql = (...names: string[]) => dumpMembers(names.map((name) => ({ name, extension: "sql" })));

test("names a dump after its database", () => {
  expect(sql("app", "app2", "we`ird; na-me")).toEqual([
    "database/app.sql",
    "database/app2.sql",
    "database/we`ird; na-me.sql",
  ]);
});

test("replaces what would lead elsewhere or cannot be shown", () => {
  expect(sql("a/b", "../x", "line\nbreak")).toEqual([
    "database/a_b.sql",
    "database/__x.sql",
    "database/line_break.sql",
  ]);
});

test("keeps databases of one name apart, also from one that is called as the second would be", () => {
  expect(sql("app", "app", "app-2", "a/b", "a_b")).toEqual([
    "database/app.sql",
    "database/app-2.sql",
    "database/app-2-2.sql",
    "database/a_b.sql",
    "database/a_b-2.sql",
  ]);
});

test("keeps engines apart that share a name", () => {
  const extensions = ["sql", "sqlite", "dump"];
  expect(dumpMembers(extensions.map((extension) => ({ name: "app", extension })))).toEqual([
    "database/app.sql",
    "database/app-2.sqlite",
    "database/app-3.dump",
  ]);
});

test.each([
  { names: ["app", "app.sql", "app.sql.0001"] },
  { names: ["app.sql.0001", "app.sql", "app"] },
  { names: ["wiki.old", "wiki", "wiki.old"] },
])("gives no member that another one's pattern finds: $names", ({ names }) => {
  const members = sql(...names);
  for (const member of members) {
    const beginning = member.replace(/sql$/, "");
    expect(members.filter((other) => other.startsWith(beginning))).toEqual([member]);
  }
});
