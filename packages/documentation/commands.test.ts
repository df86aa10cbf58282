import { expect, test } from "vitest";
import { findCommandProblem, findCommands, findExamples } from "./commands.ts";
import { listPages, type Page, parsePage, readPage } from "./page.ts";

const pages = listPages().map(readPage);

async function problemsOf(page: Page): Promise<string[]> {
  const problems = await Promise.all(
    findCommands(page).map(async (command) => {
      const problem = await findCommandProblem(command);
      const call = [command.program, ...command.words].join(" ");
      return problem === undefined ? [] : [`${page.path}:${command.line}: ${call}: ${problem}`];
    }),
  );
  return problems.flat();
}

test.each(pages.map(({ path }) => path))("%s shows commands that the programs know", async (path) => {
  expect(await problemsOf(readPage(path))).toEqual([]);
});

// These only hold others together.
const groups = ["backup-agent config", "notify config", "archiver config", "archiver catalog"];
const helps = [...findExamples()].filter(([name]) => !groups.includes(name));

test.each(helps)("the help of %s has examples, all of which the programs know", async (_, commands) => {
  expect(commands).not.toEqual([]);
  for (const command of commands) expect(await findCommandProblem(command), command.words.join(" ")).toBeUndefined();
});

test("commands are found wherever a page shows them, and what no program knows is told", async () => {
  const text = `# Page

Run \`archiver pul\`, \`notify --nmae x -- true\`, \`backup-agent prune\`, \`0 2 * * *  root  notify -- archiver chekc\`, or none: \`man notify\`.

\`\`\`sh
cd /srv && notify --quiet -- archiver list --aplication wiki | sort > archiver
mariadb <<'END'
archiver nothing
END
runuser -u archiver -- archiver catalog
ansible wiki01 -a "notify -- backup-agent backup"   # archiver nothing
npx -y pnpm@12 exec backup-agent --hlep
archiver list wiki01 2> /dev/null 2>&1 && sudo archiver list \\
  --aplication wiki
if ! archiver chek; then echo no; fi
\`\`\`

\`\`\`
PATH=/usr/bin
0 4 * * *  notify -- archiver pull --kep-remote
@daily  root  A_VARIABLE=1 archiver drill --older-then 3d
$ archiver verify --sample
the archiver nothing
\`\`\`

\`\`\`ini
ExecStart=/usr/bin/notify chek
\`\`\`
`;
  const problems = await problemsOf(parsePage("page.md", text));
  expect(problems.map((problem) => problem.split("\n")[0])).toEqual([
    "page.md:6: archiver list --aplication wiki: error: unknown option '--aplication'",
    "page.md:10: archiver catalog: (outputHelp)",
    "page.md:11: backup-agent backup: error: missing required argument 'application'",
    "page.md:12: backup-agent --hlep: error: unknown option '--hlep'",
    "page.md:13: archiver list --aplication wiki: error: unknown option '--aplication'",
    "page.md:15: archiver chek: error: unknown command 'chek'",
    "page.md:20: archiver pull --kep-remote: error: unknown option '--kep-remote'",
    "page.md:21: archiver drill --older-then 3d: error: unknown option '--older-then'",
    "page.md:22: archiver verify --sample: error: option '--sample <part>' argument missing",
    "page.md:27: notify chek: error: too many arguments. Expected 0 arguments but got 1: chek.",
    "page.md:3: archiver pul: error: unknown command 'pul'",
    "page.md:3: notify --nmae x -- true: error: unknown option '--nmae'",
    "page.md:3: archiver chekc: error: unknown command 'chekc'",
  ]);
});
