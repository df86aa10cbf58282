import { expect, it } from "vitest";
import { parseGoMysqlDsn } from "./go-mysql-dsn.ts";

it.each<[string, object]>([
  [
    "mmuser:p@ss@tcp(db1:3307)/mattermost?charset=utf8mb4,utf8&writeTimeout=30s",
    { host: "db1", port: 3307, name: "mattermost", user: "mmuser", password: "p@ss" },
  ],
  [
    "u:a:b/c(d)@unix(/run/mysqld/mysqld.sock)/m",
    { socket: "/run/mysqld/mysqld.sock", name: "m", user: "u", password: "a:b/c(d)" },
  ],
  [
    "u:@tcp([::1]:3306)/m?tls=skip-verify",
    { host: "::1", port: 3306, name: "m", user: "u", password: "", tls: { mode: "required" } },
  ],
  ["u@tcp/m%2Fn", { host: "127.0.0.1", name: "m/n", user: "u" }],
  ["u:p@/m?tls=true", { host: "127.0.0.1", name: "m", user: "u", password: "p", tls: { mode: "verify-identity" } }],
  ["unix(/tmp/x)/m", { socket: "/tmp/x", name: "m" }],
])("reads %s", (text, expected) => {
  const { password, ...found } = parseGoMysqlDsn(text, "config.json") ?? {};
  const known = Object.entries({ ...found, password: password?.() }).filter(([, value]) => value !== undefined);
  expect(Object.fromEntries(known)).toEqual({ kind: "mysql", source: "config.json", ...expected });
});

it.each(["", "mattermost", "u:p@tcp(db1", "u:p@db1:3306/m"])("knows nothing of %j", (text) => {
  expect(parseGoMysqlDsn(text, "config.json")).toBeUndefined();
});
