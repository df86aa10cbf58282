import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { runProgramFile } from "@catapullt/testkit/programs";
import { systemProgram } from "@catapullt/testkit/system-packages";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { expect, test } from "vitest";

type Program = "backup-agent" | "notify" | "archiver";

async function script(program: Program, shell: string): Promise<string> {
  const { exitCode, stdout, stderr } = await runProgramFile(program, ["completion", shell]);
  expect([exitCode, stderr]).toEqual([0, ""]);
  const file = join(temporaryDirectory("completion"), "script");
  writeFileSync(file, stdout);
  return file;
}

function run(shell: "bash" | "zsh" | "fish", code: string): string[] {
  const program = shell === "bash" ? "/bin/bash" : systemProgram(shell);
  return execFileSync(program, shell === "zsh" ? ["-f", "-c", code] : ["-c", code], {
    encoding: "utf8",
    env: { PATH: "/usr/bin:/bin", HOME: temporaryDirectory("home"), TERM: "dumb" },
  })
    .split("\n")
    .filter((line) => line !== "");
}

const cases: [Program, string[], string[], string[]][] = [
  ["backup-agent", ["re"], ["restore"], ["backup"]],
  ["backup-agent", [""], ["backup", "drill"], ["pull"]],
  ["backup-agent", ["restore", "--on"], ["--only"], ["--yes"]],
  ["backup-agent", ["config", "s"], ["show", "schema"], ["check"]],
  ["archiver", ["verify", "--s"], ["--since", "--sample"], ["--rate"]],
  ["archiver", ["completion", ""], ["bash", "zsh", "fish"], ["pull"]],
  ["archiver", ["--log-format", ""], ["pretty", "plain", "json"], ["pull"]],
  ["notify", ["--", "ech"], ["echo"], ["test"]],
];

test.each(cases)("bash completes %s %j", async (program, words, offered, others) => {
  const file = await script(program, "bash");
  const line = [program, ...words].map((word) => `'${word}'`).join(" ");
  const name = `_${program.replaceAll("-", "_")}_complete`;
  const replies = run(
    "bash",
    `set -eu; source ${file}; COMP_WORDS=(${line}); COMP_CWORD=${words.length}; ${name}; printf '%s\\n' "\${COMPREPLY[@]}"`,
  );
  expect(replies).toEqual(expect.arrayContaining(offered));
  for (const other of others) expect(replies).not.toContain(other);
});

test.each(cases.filter(([program]) => program !== "notify"))(
  "fish completes %s %j",
  async (program, words, offered, others) => {
    const file = await script(program, "fish");
    const replies = run("fish", `source ${file}; complete -C '${[program, ...words].join(" ")}'`).map((line) =>
      line.replace(/\t.*/, ""),
    );
    expect(replies).toEqual(expect.arrayContaining(offered));
    for (const other of others) expect(replies).not.toContain(other);
  },
);

// Where zsh would show its menu, the words are printed.
test.each(cases.filter(([, [first]]) => first !== "--" && first !== "--log-format"))(
  "zsh offers for %s %j",
  async (program, words, offered) => {
    const file = await script(program, "zsh");
    const line = [program, ...words].map((word) => `'${word}'`).join(" ");
    const replies = run(
      "zsh",
      `_describe() { print -l -- \${(P)3%%:*} }; _files() { : }; complete_() { source ${file} }
      words=(${line}); CURRENT=${words.length + 1}; complete_`,
    );
    expect(replies).toEqual(expect.arrayContaining(offered));
  },
);

test("a shell that is none of these is told which there are", async () => {
  const { exitCode, stderr } = await runProgramFile("archiver", ["completion", "tcsh"]);
  expect(exitCode).toBe(2);
  expect(stderr).toContain("bash, zsh, fish");
});
