import { describe, expect, test } from "vitest";
import type { DatabaseSettings } from "../engine.ts";
import { address, connectionString, passwordFile } from "./connection.ts";

const plain: DatabaseSettings = { engine: "postgresql", name: "wiki", skip: [] };

describe("address", () => {
  test.each([
    [{}, {}],
    [{ host: "localhost" }, { host: "localhost" }],
    [
      { host: "::1", port: 5433 },
      { host: "::1", port: "5433" },
    ],
    [{ port: 5433 }, { host: "127.0.0.1", port: "5433" }],
    [{ socket: "/run/postgresql" }, { host: "/run/postgresql" }],
    [
      { socket: "/run/postgresql", port: 5433 },
      { host: "/run/postgresql", port: "5433" },
    ],
    [
      { socket: "/run/postgresql/.s.PGSQL.5434", port: 5433 },
      { host: "/run/postgresql", port: "5434" },
    ],
    [{ socket: "/run/postgresql", host: "db1" }, { host: "/run/postgresql" }],
  ])("of %j", (settings, expected) => {
    expect(address(settings)).toEqual(expected);
  });
});

describe("connectionString", () => {
  test("quotes every value, so that no name is taken for a connection string of its own", () => {
    const name = "host=evil user='x' \\";
    expect(connectionString({ ...plain, name, host: "db1", user: "o'neil" })).toContain(
      "host='db1' user='o\\'neil' dbname='host=evil user=\\'x\\' \\\\'",
    );
  });

  test.each([
    ["disabled", "sslmode='disable'"],
    ["preferred", "sslmode='prefer'"],
    ["required", "sslmode='require'"],
    ["verify-ca", "sslmode='verify-ca'"],
    ["verify-identity", "sslmode='verify-full'"],
  ] as const)("asks for TLS that is %s", (mode, expected) => {
    expect(connectionString({ ...plain, tls: { mode } })).toContain(expected);
    expect(connectionString({ ...plain, tls: { mode, caFile: "/etc/a b.pem" } })).toContain(
      `${expected} sslrootcert='/etc/a b.pem'`,
    );
  });

  test("names the descriptor with the password only where there is one, and never the password", () => {
    expect(connectionString({ ...plain, password: "geheim" })).toContain("passfile='/dev/fd/3'");
    expect(connectionString({ ...plain, password: "geheim" })).not.toContain("geheim");
    expect(connectionString(plain)).not.toMatch(/passfile|sslmode|host|user/);
  });
});

describe("passwordFile", () => {
  test("escapes what its format uses", () => {
    expect(passwordFile({ ...plain, password: "a:b\\c#\"'; $ " })).toBe("*:*:*:*:a\\:b\\\\c#\"'; $ \n");
    expect(passwordFile(plain)).toBeUndefined();
  });

  test.each(["a\nb", "a\rb", "a\0b"])("refuses %j, which it cannot hold", (password) => {
    expect(() => passwordFile({ ...plain, password, user: "wiki" })).toThrow(
      expect.objectContaining({ code: "password-unavailable" }),
    );
  });
});
