import { spawnSync } from "node:child_process";
import { commonOptions, type DumpBehaviour, type DumpFlavour, dumpFlavours } from "./behaviour.ts";

interface Settings {
  flavour: DumpFlavour;
  behaviour: DumpBehaviour;
  /** The real mariadb-dump. */
  tool: string;
}

const [settingsText = "", ...args] = process.argv.slice(2);
const { flavour, behaviour, tool } = JSON.parse(settingsText) as Settings;
const { version, header, options } = dumpFlavours[flavour];
const isMysql = flavour.startsWith("mysql");

if (args.includes("--version")) {
  console.log(version);
  process.exit(0);
}
await refuseUnknownOptions();
await behave();

// MySQL's tools and MariaDB's end differently when they meet an option that they do not know.
async function refuseUnknownOptions(): Promise<void> {
  if (!args[0]?.startsWith("--defaults-")) await fail(7, "unknown variable 'defaults-file=/dev/fd/3'");
  for (const argument of args) {
    const option = /^--([\w-]+)/.exec(argument)?.[1];
    if (option === undefined || commonOptions.includes(option) || options.some((known) => known === option)) continue;
    if (isMysql) await fail(2, `[ERROR] unknown option '--${option}'.`);
    else await fail(7, `unknown variable '${option}=…'`);
  }
}

async function behave(): Promise<void> {
  switch (behaviour) {
    case "nothing":
      return await fail(2, "Got error: 2013: \"Lost connection to server at 'handshake'\" when trying to connect");
    case "endless":
    case "stubborn":
      if (behaviour === "stubborn") process.on("SIGTERM", () => {});
      process.stdout.write("-- MariaDB dump 10.19  Distrib 10.11.19-MariaDB\n--\n");
      setInterval(() => {}, 1000);
      return;
    case "loud":
      await shout();
      break;
    case "loud-failure":
      await shout();
      return await fail(2, "Got error: 1227: Access denied; you need (at least one of) the RELOAD privilege(s)");
    default:
  }
  process.stdout.write(Buffer.from(shape(dumpLines()).join(""), "latin1"), () => void end());
}

/** The real tool's dump as lines with their line feeds, as latin1 so that every byte is kept. */
function dumpLines(): string[] {
  const replaced: Partial<Record<DumpBehaviour, [string, string]>> = {
    raw: ["--hex-blob", "--skip-hex-blob"],
    "lacks-trigger": ["--triggers", "--skip-triggers"],
  };
  const [from, to] = replaced[behaviour] ?? ["", ""];
  const realArguments = args
    .filter((argument) => !/^--(set-gtid-purged|column-statistics|ssl-mode|source-data)/.test(argument))
    .map((argument) => (argument === from ? to : argument));
  const { status, stdout } = spawnSync(tool, realArguments, {
    stdio: ["ignore", "pipe", "inherit", 3],
    maxBuffer: 1024 ** 3,
  });
  if (status !== 0) process.exit(status ?? 1);
  return stdout.toString("latin1").split(/(?<=\n)/);
}

function shape(lines: readonly string[]): string[] {
  const dump = isMysql ? inMysqlShape(lines) : [...lines];
  const inserts = dump.flatMap((line, index) => (line.startsWith("INSERT INTO") ? [index] : []));
  const secondInsert = inserts[1] ?? dump.length;
  const closing = dump.findIndex((line) => line.startsWith("-- Dump completed"));
  switch (behaviour) {
    case "cut-at-statement":
      return dump.slice(0, secondInsert);
    case "cut-anywhere":
    case "killed":
      return [...dump.slice(0, secondInsert), (dump[secondInsert] ?? "").slice(0, 20)];
    case "no-closing-line":
      return dump.slice(0, closing);
    case "lacks-table":
      return withoutFirstTable(dump);
    default:
      return dump;
  }
}

// MySQL's tool writes no sandbox line, and all rows of an INSERT on one line.
function inMysqlShape(lines: readonly string[]): string[] {
  let isInsert = false;
  return lines
    .filter((line) => !line.includes("enable the sandbox mode"))
    .map((line) => {
      if (line.startsWith("-- MariaDB dump")) return `${header}\n`;
      if (line.startsWith("INSERT INTO") && line.endsWith("VALUES\n")) {
        isInsert = true;
        return line.replace("\n", " ");
      }
      if (isInsert && line.endsWith(";\n")) isInsert = false;
      return isInsert ? line.replace("\n", "") : line;
    });
}

function withoutFirstTable(lines: readonly string[]): string[] {
  const starts = lines.flatMap((line, index) => (line.startsWith("-- Table structure for table") ? [index] : []));
  return [...lines.slice(0, starts[0]), ...lines.slice(starts[1])];
}

async function end(): Promise<void> {
  if (behaviour === "cut-at-statement")
    await fail(3, "Error 2013: Lost connection to server during query when dumping table `t` at row: 118");
  if (behaviour === "cut-anywhere") await fail(5, "Got errno 28 on write");
  if (behaviour === "failed-but-closed")
    await fail(
      2,
      "Couldn't execute 'FLUSH TABLES': Access denied; you need the RELOAD privilege for this operation (1227)",
    );
  if (behaviour === "killed") process.kill(process.pid, "SIGKILL");
  else process.exit(0);
}

async function shout(): Promise<void> {
  const noise = Buffer.alloc(1024 * 1024, Buffer.from([0xff, 0xfe, 0x80, 0x0a]));
  for (let count = 0; count < 40; count += 1) await say(noise);
}

async function fail(exitCode: number, message: string): Promise<never> {
  await say(`${isMysql ? "mysqldump" : "mariadb-dump"}: ${message}\n`);
  process.exit(exitCode);
}

// What is not written yet would be lost at the exit.
async function say(content: string | Buffer): Promise<void> {
  await new Promise<void>((resolve) => process.stderr.write(content, () => resolve()));
}
