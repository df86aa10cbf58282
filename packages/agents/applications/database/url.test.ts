import { describe, expect, it } from "vitest";
import type { FoundDatabase } from "./settings.ts";
import { parseDatabaseUrl, parseLibpqWords } from "./url.ts";

/** What was found, with the password as text, and without what is left open. */
function known(found: FoundDatabase | undefined): object | undefined {
  if (found === undefined) return undefined;
  const entries = Object.entries({ ...found, password: found.password?.(), source: undefined });
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

describe("a database's URL", () => {
  it.each<[string, object | undefined]>([
    [
      "postgres://mmuser:p%40ss%3A%2F%3F%23@db1:5433/mattermost?sslmode=disable&connect_timeout=10",
      {
        kind: "postgresql",
        host: "db1",
        port: 5433,
        name: "mattermost",
        user: "mmuser",
        password: "p@ss:/?#",
        tls: { mode: "disabled", caFile: undefined },
      },
    ],
    [
      "mysql://vault:a:b@c@db1/vaultwarden?ssl_mode=VERIFY_CA&ssl_ca=/etc/ssl/db.pem",
      {
        kind: "mysql",
        host: "db1",
        name: "vaultwarden",
        user: "vault",
        password: "a:b@c",
        tls: { mode: "verify-ca", caFile: "/etc/ssl/db.pem" },
      },
    ],
    [
      "postgresql:///vault?host=/run/postgresql&port=5433&user=vault",
      { kind: "postgresql", socket: "/run/postgresql", port: 5433, name: "vault", user: "vault" },
    ],
    [
      "postgresql://vault@%2Frun%2Fpostgresql:5433/vault",
      { kind: "postgresql", socket: "/run/postgresql", port: 5433, name: "vault", user: "vault" },
    ],
    [
      "mysql2://redmine:@localhost/redmine?socket=/run/mysqld/mysqld.sock",
      { kind: "mysql", socket: "/run/mysqld/mysqld.sock", name: "redmine", user: "redmine", password: "" },
    ],
    [
      "postgres://u:100%@[::1]:5432,db2:5432/d?sslmode=verify-full",
      {
        kind: "postgresql",
        host: "::1",
        port: 5432,
        name: "d",
        user: "u",
        password: "100%",
        tls: { mode: "verify-identity", caFile: undefined },
      },
    ],
    [
      "postgres://db1?dbname=d&user=u&password=p%26q",
      { kind: "postgresql", host: "db1", name: "d", user: "u", password: "p&q" },
    ],
    ["sqlite3:db/redmine.sqlite3?pool=5", { kind: "sqlite", file: "db/redmine.sqlite3" }],
    ["sqlite:///srv/redmine.db", { kind: "sqlite", file: "/srv/redmine.db" }],
    [
      "sqlserver://sa:p@db1:1433/d",
      { kind: "sqlserver", host: "db1", port: 1433, name: "d", user: "sa", password: "p" },
    ],
    ["user=u dbname=d", undefined],
    ["postgres:d", undefined],
    ["", undefined],
  ])("%s", (url, expected) => {
    expect(known(parseDatabaseUrl(url, "x.ini"))).toEqual(expected);
  });
});

describe("a connection string of libpq", () => {
  it.each<[string, object | undefined]>([
    [
      "user=mmuser password='p\\'s w' host=/run/postgresql port=5433 dbname=chat sslmode=disable",
      {
        kind: "postgresql",
        socket: "/run/postgresql",
        port: 5433,
        name: "chat",
        user: "mmuser",
        password: "p's w",
        tls: { mode: "disabled", caFile: undefined },
      },
    ],
    ["host = db1  user=u password=a\\ b", { kind: "postgresql", host: "db1", name: "u", user: "u", password: "a b" }],
    ["dbname=chat password=", { kind: "postgresql", name: "chat", password: "" }],
    ["host=db1 and more", undefined],
    ["application_name=x", undefined],
    ["", undefined],
  ])("%s", (text, expected) => {
    expect(known(parseLibpqWords(text, "x.ini"))).toEqual(expected);
  });
});
