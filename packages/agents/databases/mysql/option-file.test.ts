import { describe, expect, test } from "vitest";
import type { DatabaseSettings } from "../engine.ts";
import { optionFile, quoteOption } from "./option-file.ts";
import type { Product } from "./product.ts";

const mariadb = { flavour: "mariadb", version: [10, 11, 19], text: "" } as const satisfies Product;
const newMariadb = { flavour: "mariadb", version: [11, 4, 2], text: "" } as const satisfies Product;
const mysql = { flavour: "mysql", version: [8, 0, 36], text: "" } as const satisfies Product;

function optionsOf(settings: Partial<DatabaseSettings>, tool: Product = mariadb): string[] {
  return optionFile({ engine: "mysql", name: "wiki", skip: [], ...settings }, tool)
    .trimEnd()
    .split("\n");
}

describe("optionFile", () => {
  test("reaches localhost over TCP, as applications mean it", () => {
    expect(optionsOf({ host: "localhost", user: "wiki", password: "x" })).toEqual([
      "[client]",
      'user="wiki"',
      'password="x"',
      "protocol=tcp",
      'host="localhost"',
      "port=3306",
    ]);
  });

  test("prefers the socket to the host", () => {
    expect(optionsOf({ host: "db1", port: 3307, socket: "/run/my sql.sock" })).toEqual([
      "[client]",
      "protocol=socket",
      'socket="/run/my sql.sock"',
    ]);
  });

  test("writes an empty password, which is not the same as none", () => {
    expect(optionsOf({ password: "" })).toEqual(["[client]", 'password=""']);
    expect(optionsOf({})).toEqual(["[client]"]);
  });

  test.each([
    [mysql, "disabled", ["ssl-mode=DISABLED"]],
    [mysql, "verify-identity", ["ssl-mode=VERIFY_IDENTITY", 'ssl-ca="/etc/ca.pem"']],
    [mariadb, "disabled", ["skip-ssl"]],
    [mariadb, "preferred", []],
    [mariadb, "required", ["ssl"]],
    [newMariadb, "preferred", ["skip-ssl-verify-server-cert"]],
    [newMariadb, "required", ["ssl", "skip-ssl-verify-server-cert"]],
    [newMariadb, "verify-ca", ["ssl", "ssl-verify-server-cert", 'ssl-ca="/etc/ca.pem"']],
  ] as const)("tells %o what the TLS mode %s means", (tool, mode, expected) => {
    const caFile = mode.startsWith("verify") ? "/etc/ca.pem" : undefined;
    expect(optionsOf({ tls: { mode, caFile } }, tool).slice(1)).toEqual(expected);
  });
});

test("quotes what the option file's syntax would change", () => {
  expect(quoteOption("p#a\"s's w\\ord;$ ")).toBe('"p#a\\"s\'s w\\\\ord;$ "');
  expect(quoteOption("a\nb\tc\rd")).toBe('"a\\nb\\tc\\rd"');
});
