import { describe, expect, test } from "vitest";
import { clientArguments, type DumpRequest, dumpArguments } from "./arguments.ts";
import type { Product } from "./product.ts";

const tools = {
  "MySQL 5.7": { flavour: "mysql", version: [5, 7, 44], text: "5.7.44" },
  "MySQL 8.0": { flavour: "mysql", version: [8, 0, 36], text: "8.0.36" },
  "MySQL 8.4": { flavour: "mysql", version: [8, 4, 3], text: "8.4.3" },
  "MySQL 9.1": { flavour: "mysql", version: [9, 1, 0], text: "9.1.0" },
  "MariaDB 10.6": { flavour: "mariadb", version: [10, 6, 18], text: "10.6.18-MariaDB" },
  "MariaDB 10.11": { flavour: "mariadb", version: [10, 11, 19], text: "10.11.19-MariaDB" },
  "MariaDB 11.4": { flavour: "mariadb", version: [11, 4, 2], text: "11.4.2-MariaDB" },
} as const satisfies Record<string, Product>;

function argumentsOf(tool: keyof typeof tools, rest: Partial<DumpRequest> = {}): string[] {
  return dumpArguments({ tool: tools[tool], database: "wiki", skip: [], ignoredViews: [], hasHistory: false, ...rest });
}

describe("dumpArguments", () => {
  test.each(Object.keys(tools) as (keyof typeof tools)[])(
    "asks the tool of %s for a consistent dump of all objects",
    (tool) => {
      const args = argumentsOf(tool);
      expect(args[0]).toBe("--defaults-file=/dev/fd/3");
      expect(args.slice(-2)).toEqual(["--", "wiki"]);
      expect(args).toEqual(
        expect.arrayContaining([
          "--single-transaction",
          "--quick",
          "--routines",
          "--events",
          "--triggers",
          "--hex-blob",
          "--default-character-set=utf8mb4",
          "--no-tablespaces",
          "--max-allowed-packet=1G",
        ]),
      );
      expect(args.join(" ")).not.toMatch(/password|force|lock-tables/);
    },
  );

  // Each flavour ends at once when it meets the other's options.
  test.each([
    ["MySQL 5.7", ["--set-gtid-purged=OFF"]],
    ["MySQL 8.0", ["--set-gtid-purged=OFF", "--column-statistics=0"]],
    ["MySQL 8.4", ["--set-gtid-purged=OFF", "--column-statistics=0"]],
    ["MySQL 9.1", ["--set-gtid-purged=OFF", "--column-statistics=0"]],
    ["MariaDB 10.6", []],
    ["MariaDB 10.11", []],
    ["MariaDB 11.4", []],
  ] as const)("gives the tool of %s these of its own options: %j", (tool, expected) => {
    const particular = argumentsOf(tool).filter((argument) => /gtid|statistics|history/.test(argument));
    expect(particular).toEqual(expected);
  });

  test.each([
    ["MySQL 8.0", false],
    ["MariaDB 10.6", false],
    ["MariaDB 10.11", true],
  ] as const)("asks %s for the history of versioned tables: %s", (tool, expected) => {
    expect(argumentsOf(tool, { hasHistory: true }).includes("--dump-history")).toBe(expected);
  });

  test("leaves out what is to be skipped, and nothing else", () => {
    const args = argumentsOf("MariaDB 10.11", {
      skip: ["triggers", "routines", "events", "views"],
      ignoredViews: ["a view", "b"],
    });
    expect(args).toEqual(
      expect.arrayContaining([
        "--skip-triggers",
        "--skip-routines",
        "--skip-events",
        "--ignore-table=wiki.a view",
        "--ignore-table=wiki.b",
      ]),
    );
    expect(args).not.toEqual(expect.arrayContaining(["--triggers"]));
    expect(argumentsOf("MySQL 8.0", { skip: ["events"] })).toEqual(
      expect.arrayContaining(["--triggers", "--routines", "--skip-events"]),
    );
  });

  test("keeps a database whose name begins with a dash from being an option", () => {
    expect(argumentsOf("MariaDB 10.11", { database: "--all-databases" }).slice(-2)).toEqual(["--", "--all-databases"]);
  });
});

test("starts the client with the option file first and the database last", () => {
  const args = clientArguments("wiki");
  expect(args[0]).toBe("--defaults-file=/dev/fd/3");
  expect(args.slice(-2)).toEqual(["--", "wiki"]);
});
