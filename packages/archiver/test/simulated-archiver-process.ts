import { createInterface } from "node:readline";
import { runArchiver } from "../main.ts";

// Runs `archiver` again and again in one process whose clock each run sets: a line `{ "now": …, "args": […] }` on standard
// input for each, and NUL with the exit code on standard output after what it prints.

const RealDate = Date;
let offset = 0;

globalThis.Date = class extends RealDate {
  constructor(...parts: []) {
    if (parts.length === 0) super(RealDate.now() + offset);
    else super(...parts);
  }

  static override now(): number {
    return RealDate.now() + offset;
  }
} as DateConstructor;

for await (const line of createInterface({ input: process.stdin })) {
  const { now, args } = JSON.parse(line) as { now: string; args: string[] };
  offset = RealDate.parse(now) - RealDate.now();
  const exitCode = await runArchiver(args);
  process.stdout.write(`\0${exitCode}\n`);
}
