import { expect, test } from "vitest";
import { formatTable } from "./table.ts";

interface Row {
  name: string;
  size: string;
}

const columns = [
  { title: "NAME", value: ({ name }: Row) => name },
  { title: "SIZE", value: ({ size }: Row) => size, align: "right" as const },
];

test("aligns columns under their titles, without blanks at the end of a line", () => {
  const rows = [
    { name: "confluence", size: "1.23 GB" },
    { name: "wiki", size: "5 B" },
  ];
  expect(formatTable(columns, rows)).toBe("NAME           SIZE\nconfluence  1.23 GB\nwiki            5 B\n");
});

test("prints the titles alone where there are no rows", () => {
  expect(formatTable(columns, [])).toBe("NAME  SIZE\n");
});

test("shows control characters of untrusted names, and drops whole escape sequences", () => {
  const table = formatTable(columns, [{ name: "a\nb\u009cc\u001b[31md", size: "" }]);
  expect(table).toContain("a\\nb\\u009ccd");
  expect(table.split("\n")).toHaveLength(3);
});
