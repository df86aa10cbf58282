import { fileURLToPath } from "node:url";
import { run } from "@catapullt/core/process/run";
import { expect, test } from "vitest";

const script = `
import { readdirSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { execFileSync } from "node:child_process";
const { lowerPriority } = await import(process.argv[1]);
const lines = [];
await lowerPriority({ debug: (text) => lines.push(text) });
const threads = readdirSync("/proc/self/task");
const nice = threads.map((id) => Number(readFileSync("/proc/self/task/" + id + "/stat", "utf8").split(") ")[1].split(" ")[16]));
let classes;
try {
  classes = execFileSync("ionice", ["-p", ...threads], { encoding: "utf8" }).trim().split("\\n");
} catch (error) {
  if (error.code !== "ENOENT") throw error;
}
console.log(JSON.stringify({ threads: threads.length, nice, classes, lines }));
`;
const module = fileURLToPath(new URL("priority.ts", import.meta.url));

test("gives every thread that there is the lowest priority", async () => {
  const { output, exitCode, errorOutput } = await run(process.execPath, ["--input-type=module", "-e", script, module]);
  expect({ exitCode, errorOutput }).toMatchObject({ exitCode: 0 });
  const { threads, nice, classes, lines } = JSON.parse(output.toString());
  expect(threads).toBeGreaterThan(4);
  expect(new Set(nice)).toEqual(new Set([19]));
  expect(new Set(classes)).toEqual(new Set(["idle"]));
  expect(lines).toEqual([]);
});

test("says why it could not, and goes on, where ionice is missing", async () => {
  const { output } = await run(
    process.execPath,
    ["--input-type=module", "-e", script.replaceAll("classes = ", "classes = undefined && "), module],
    { environment: { PATH: "/nonexistent" } },
  );
  const { nice, lines } = JSON.parse(output.toString());
  expect(new Set(nice)).toEqual(new Set([19]));
  expect(lines).toEqual([expect.stringContaining("reads at the usual I/O priority: ionice: could not be started")]);
});
