import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { makeRelease } from "./release.ts";

const repository = fileURLToPath(new URL("../../", import.meta.url));
const words = process.argv.slice(2);

/** Changesets' own command line; its questions are asked on this terminal. */
async function changesets(): Promise<boolean> {
  const { exitCode } = await execa("changeset", words, {
    cwd: repository,
    preferLocal: true,
    localDir: repository,
    stdio: "inherit",
    reject: false,
  });
  process.exitCode = exitCode ?? 1;
  return exitCode === 0;
}

if (words[0] !== "version" || words.includes("--help")) await changesets();
else {
  const made = await makeRelease(repository, { date: new Date(), bump: changesets });
  if ("problem" in made) {
    process.stderr.write(`${made.problem}\n`);
    process.exitCode = 1;
  } else {
    process.stdout.write(
      `\nrelease ${made.version} is written; read the diff, then commit it as "chore: release ${made.version}"\n`,
    );
  }
}
