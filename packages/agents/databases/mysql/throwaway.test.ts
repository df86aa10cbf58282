import { describe, expect, test } from "vitest";
import type { Product } from "./product.ts";
import type { ServerPrograms } from "./server-programs.ts";
import { initializationCommand, serverCommand } from "./throwaway.ts";

const products = {
  "MySQL 5.7": { flavour: "mysql", version: [5, 7, 44], text: "5.7.44" },
  "MySQL 8.0": { flavour: "mysql", version: [8, 0, 36], text: "8.0.36" },
  "MySQL 8.4": { flavour: "mysql", version: [8, 4, 3], text: "8.4.3" },
  "MariaDB 10.6": { flavour: "mariadb", version: [10, 6, 18], text: "10.6.18-MariaDB" },
  "MariaDB 11.4": { flavour: "mariadb", version: [11, 4, 2], text: "11.4.2-MariaDB" },
} as const satisfies Record<string, Product>;

type Name = keyof typeof products;

function programs(name: Name): ServerPrograms {
  const product = products[name];
  const install = product.flavour === "mariadb" ? "/usr/bin/mariadb-install-db" : undefined;
  return { product, title: name, server: "/usr/sbin/server", install };
}

describe("the command of a throwaway server", () => {
  test.each(Object.keys(products) as Name[])(
    "lets %s be reached through its socket only, and runs no events",
    (name) => {
      const command = serverCommand(programs(name), "/var/tmp/d");
      expect(command.slice(0, 2)).toEqual(["/usr/sbin/server", "--no-defaults"]);
      expect(command).toEqual(
        expect.arrayContaining([
          "--skip-networking",
          "--socket=/var/tmp/d/s",
          "--datadir=/var/tmp/d/data",
          "--tmpdir=/var/tmp/d/temporary",
          "--secure-file-priv=/var/tmp/d/files",
          "--local-infile=OFF",
          "--event-scheduler=OFF",
        ]),
      );
      // The X plugin of MySQL from 8.0 on listens on a port and a socket of its own, whatever --skip-networking says.
      expect(command.includes("--mysqlx=OFF")).toBe(name === "MySQL 8.0" || name === "MySQL 8.4");
    },
  );

  test("makes the data directory with the flavour's own program", () => {
    expect(initializationCommand(programs("MySQL 8.0"), "/d")).toEqual([
      "/usr/sbin/server",
      "--no-defaults",
      "--datadir=/d/data",
      "--tmpdir=/d/temporary",
      expect.anything(),
      expect.anything(),
      expect.anything(),
      expect.anything(),
      expect.anything(),
      "--initialize-insecure",
    ]);
    expect(initializationCommand(programs("MariaDB 11.4"), "/d")[0]).toBe("/usr/bin/mariadb-install-db");
    expect(initializationCommand(programs("MariaDB 11.4"), "/d")).toContain("--auth-root-authentication-method=normal");
  });
});
