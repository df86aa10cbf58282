import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startMariadb } from "@catapullt/testkit/mariadb";
import { writeFiles } from "@catapullt/testkit/write-files";
import { execa } from "execa";
import { expect, onTestFinished, test } from "vitest";
import { makeCheckout, shellEnvironment } from "./checkout.ts";
import { readCodeBlocks } from "./document.ts";
import { startHost } from "./lost-host.ts";

const blocks = readCodeBlocks("how-to/write-your-own-type.md");
const inLanguage = (...languages: string[]) => blocks.filter(({ language }) => languages.includes(language));

/** Files that the page shows whole. */
const files = inLanguage("ts", "markdown");

test("docs/how-to/write-your-own-type.md, followed to the letter, makes a type that backs up and proves", {
  timeout: 300_000,
}, async () => {
  const checkout = await makeCheckout();
  const [suites, backup] = inLanguage("sh");
  const [found, answers] = inLanguage("");
  writeAsShown(checkout);

  const options = { env: shellEnvironment(), extendEnv: false, cwd: checkout, stdin: "ignore" } as const;
  const { stdout } = await execa("sh", ["-ec", suites?.content ?? ""], options);
  expect(stdout).toMatch(/Tests .*4 passed/);
  const read = (path = "") => readFileSync(join(checkout, path), "utf8");
  expect(read(found?.named)).toBe(found?.content);
  expect(read("docs/reference/applications/README.md")).toContain("| `ledger` | [Ledger](ledger.md) |");
  for (const { named, content } of files) expect(read(named)).toBe(content);
  await checkTypes(checkout);

  expect(await backUpLedger(checkout, backup?.content ?? "")).toContain(answers?.content);
});

test("a type takes fewer than 100 lines with its fixture", () => {
  const lines = inLanguage("ts").map(({ content }) => content.split("\n").length - 1);
  expect(lines).toHaveLength(2);
  expect(lines.reduce((sum, count) => sum + count)).toBeLessThan(100);
});

function writeAsShown(checkout: string): void {
  writeFiles(checkout, Object.fromEntries(files.map(({ named = "", content }) => [named, content])));
  for (const { named = "", content } of inLanguage("diff")) {
    const file = join(checkout, named);
    writeFileSync(file, addLines(readFileSync(file, "utf8"), content));
  }
}

/** Adds the lines that a block marks with `+`, each behind the one that stands before it there. */
function addLines(text: string, block: string): string {
  const lines = text.split("\n");
  let position = -1;
  for (const marked of block.trimEnd().split("\n")) {
    const line = marked.slice(1);
    if (marked.startsWith("+")) lines.splice(position + 1, 0, line);
    position = lines.indexOf(line, position + 1);
    expect(position, `no line to go by: ${line}`).toBeGreaterThan(-1);
  }
  return lines.join("\n");
}

/** Checks the page's own files and what they import: the whole repository would take longer than all else here. */
async function checkTypes(checkout: string): Promise<void> {
  const project = join(checkout, "tsconfig.shown.json");
  const shown = inLanguage("ts").map(({ named }) => named);
  writeFileSync(project, JSON.stringify({ extends: "./tsconfig.base.json", files: shown }));
  await execa(join(checkout, "node_modules/.bin/tsc"), ["--project", project]);
}

/** Makes a host with a Ledger in use, and runs the script there. Returns what it prints. */
async function backUpLedger(checkout: string, script: string): Promise<string> {
  const server = await startMariadb({ tcp: true });
  onTestFinished(() => server.stop());
  await server.createUser("ledger", "s3cret", ["ALL PRIVILEGES ON ledger.*", "SELECT ON mysql.proc"]);
  await server.execute("CREATE DATABASE ledger");
  await server.execute("CREATE TABLE account (name TEXT); INSERT INTO account VALUES ('a'), ('b'), ('c')", "ledger");
  const host = await startHost();
  mkdirSync(join(host.root, "var/backups/backup-tools"));
  writeFiles(host.root, {
    "/etc/ledger/ledger.properties": `db.host = 127.0.0.1\ndb.port = ${server.port}\ndb.user = ledger\ndb.password = s3cret\n`,
    "/var/lib/ledger/VERSION": "3.2.1\n",
    "/var/lib/ledger/receipts/1.pdf": "a receipt",
    "/var/lib/ledger/ledger.key": "a key",
  });
  const result = await host.run(["sh", "-ec", script], { environment: shellEnvironment(), directory: checkout });
  expect(result.exitCode, `${result.stdout}${result.stderr}`).toBe(0);
  return result.stdout;
}
