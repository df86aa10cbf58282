import { expect, test } from "vitest";
import { parseServerVersion } from "./product.ts";
import { findUnsuitability } from "./tool-suitability.ts";

test.each([
  ["10.11.19-MariaDB", "10.11.4-MariaDB", []],
  ["11.4.2-MariaDB", "10.6.18-MariaDB", []],
  ["10.6.18-MariaDB", "11.4.2-MariaDB", ["older than the server (11.4.2-MariaDB)"]],
  ["10.11.19-MariaDB", "8.0.36", ["is MariaDB's, the server is MySQL's (8.0.36)"]],
  ["8.0.36", "8.4.3", ["older than the server (8.4.3)"]],
])("a dump program of %s for a server of %s", (tool, server, messages) => {
  const [product, other] = [parseServerVersion(tool), parseServerVersion(server)];
  if (product === undefined || other === undefined) throw new Error("no version");
  const warnings = findUnsuitability({ ...product, title: `dump ${tool}` }, other);
  expect(warnings.map(({ message }) => message)).toEqual(messages.map((text) => expect.stringContaining(text)));
});
