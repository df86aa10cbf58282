import { expect, test } from "vitest";
import { groupByStart } from "./startup-groups.ts";

const chunks = [
  { fileName: "bin.js", moduleIds: ["/p/bin/x.ts"], imports: [] },
  { fileName: "main.js", moduleIds: ["/p/main.ts", "/p/cli.ts"], imports: ["shared.js"] },
  { fileName: "run.js", moduleIds: ["/p/commands/run.ts"], imports: ["shared.js", "config.js"] },
  { fileName: "tell.js", moduleIds: ["/p/tell.ts"], imports: ["config.js", "mail.js"] },
  { fileName: "shared.js", moduleIds: ["/p/errors.ts"], imports: ["main.js"] },
  { fileName: "config.js", moduleIds: ["/p/config.ts"], imports: ["node:fs"] },
  { fileName: "mail.js", moduleIds: ["/p/mail.ts"], imports: [] },
  { fileName: "other.js", moduleIds: ["/p/other.ts"], imports: ["config.js"] },
];

test("puts together what one start loads, each module once", () => {
  const groups = groupByStart(chunks, [["/main.ts", "/commands/run.ts"], ["/tell.ts"]]);
  expect(groups.map((group) => [...group].sort())).toEqual([
    ["/p/cli.ts", "/p/commands/run.ts", "/p/config.ts", "/p/errors.ts", "/p/main.ts"],
    ["/p/mail.ts", "/p/tell.ts"],
  ]);
});
