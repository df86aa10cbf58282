import { mkdir } from "node:fs/promises";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { packedPrograms, repository } from "./programs.ts";
import { packProgram } from "./tarball.ts";

const directory = process.argv[2] ?? fileURLToPath(new URL("dist", repository));
await mkdir(directory, { recursive: true });
for (const program of packedPrograms) {
  const tarball = await packProgram(program, directory);
  process.stdout.write(`${relative(process.cwd(), tarball)}\n`);
}
