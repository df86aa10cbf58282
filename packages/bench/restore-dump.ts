import { execFileSync } from "node:child_process";
import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startMariadb, type ThrowawayMariadb } from "@catapullt/testkit/mariadb";
import { programEnvironment, programFile, runProgramFile } from "@catapullt/testkit/programs";
import { createTemporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { generateText } from "@catapullt/testkit/tree-generator";
import { type Benchmark, type BenchmarkRow, measureInTurns, type Round, toRows } from "./measure.ts";
import { timePipeline } from "./shell.ts";

const dumpBytes = 800_000_000;
const database = "bench";

// As Debian's package has them, where it matters to a load.
const serverArguments = [
  "--innodb-buffer-pool-size=128M",
  "--innodb-log-file-size=96M",
  "--innodb-flush-log-at-trx-commit=1",
  "--innodb-doublewrite=1",
  "--innodb-flush-method=O_DIRECT",
];

export const restoreDumpBenchmark: Benchmark = {
  name: "restore-dump",
  title: "a dump of 800 MB out of an archive into MariaDB (ours: verified first, compared afterwards)",
  async run(rounds) {
    const { path: directory, remove } = createTemporaryDirectory("bench-restore");
    const server = await startMariadb({ serverArguments });
    try {
      return await benchmarkRestore({ directory, server }, rounds);
    } finally {
      await server.stop();
      remove();
    }
  },
};

interface Bench {
  directory: string;
  server: ThrowawayMariadb;
}

async function benchmarkRestore(bench: Bench, rounds: number): Promise<BenchmarkRow[]> {
  const { directory, server } = bench;
  const configFile = join(directory, "agent.json");
  const archive = await makeArchive(bench, configFile);
  execFileSync("sh", ["-c", `tar -xOf ${archive} database | zstd -q -3 -o dump.sql.zst`], { cwd: directory });
  const bytes = Number(execFileSync("sh", ["-c", "zstd -dc dump.sql.zst | wc -c"], { cwd: directory }).toString());
  const client = `mariadb ${server.clientArguments.join(" ")}`;
  const restore = `${process.execPath} ${programFile("backup-agent")} --config ${configFile} restore bench ${archive} --yes`;
  const environment = Object.entries(programEnvironment()).map(([name, value]) => `${name}=${value}`);
  const load = async (pipeline: string): Promise<Round> => {
    await server.execute(`DROP DATABASE IF EXISTS ${database}; CREATE DATABASE ${database}`);
    execFileSync("sync");
    const { output: _, ...round } = await timePipeline(pipeline, [], directory);
    return round;
  };
  const results = await measureInTurns(
    {
      "backup-agent restore": () => load(`env -i ${environment.join(" ")} ${restore} 2>restore.log`),
      "zstd -dc | mariadb": () => load(`zstd -dc dump.sql.zst | ${client} ${database}`),
      "tar -xO | mariadb": () => load(`tar -xOf ${archive} database | ${client} ${database}`),
      "sha1sum -c, tar t, then tar -xO | mariadb": () =>
        load(
          `(cd ${join(archive, "..")}; sha1sum --quiet -c *.sha1); tar -tf ${archive} >list; tar -xOf ${archive} database | ${client} ${database}`,
        ),
    },
    rounds,
  );
  return toRows(results, bytes);
}

async function makeArchive({ directory, server }: Bench, configFile: string): Promise<string> {
  const workDir = join(directory, "work");
  mkdirSync(workDir);
  const settings = { engine: "mariadb", name: database, socket: server.socket, user: "root" };
  const application = { type: "generic", version: { value: "1.0" }, databases: [settings] };
  writeFileSync(
    configFile,
    JSON.stringify({ workDir, stateDir: join(directory, "state"), applications: { bench: application } }),
  );
  await server.execute(`CREATE DATABASE ${database}`);
  await fill(server);
  const { exitCode, stdout, stderr } = await runProgramFile("backup-agent", ["--config", configFile, "bench"], {
    timeout: 600_000,
  });
  if (exitCode !== 0) throw new Error(`the backup failed: ${stderr}`);
  if (statSync(stdout.trim()).size === 0) throw new Error("the archive is empty");
  return stdout.trim();
}

/** Pages of 2 to 10 kB with two indexes, as a wiki has them, and a table of many short rows. */
async function fill(server: ThrowawayMariadb): Promise<void> {
  await server.execute(
    `CREATE TABLE page (id BIGINT PRIMARY KEY, space VARCHAR(64), title VARCHAR(255), changed DATETIME, body LONGTEXT,
      KEY by_space (space, title), KEY by_time (changed)) DEFAULT CHARSET utf8mb4;
    CREATE TABLE link (id BIGINT PRIMARY KEY, page BIGINT, target VARCHAR(255), KEY by_page (page)) DEFAULT CHARSET utf8mb4`,
    database,
  );
  const text = generateText(20_000_000)
    .toString("latin1")
    .replaceAll(/[\\'\n]/g, " ");
  const pieces = 20;
  for (let piece = 0, id = 0; piece < pieces; piece += 1) {
    const pages: string[] = [];
    const links: string[] = [];
    for (let used = 0; used < (dumpBytes * 0.85) / pieces; id += 1) {
      const size = 2000 + ((id * 7919) % 8000);
      const body = text.slice((id * 104_729) % (text.length - size)).slice(0, size);
      pages.push(
        `(${id}, 'space ${id % 97}', '${text.slice(id * 13, id * 13 + 40)}', FROM_UNIXTIME(${1e9 + id * 977}), '${body}')`,
      );
      for (let link = 0; link < 10; link += 1)
        links.push(`(${id * 10 + link}, ${id}, 'https://example.com/display/page/${(id * 31 + link) % 100_003}')`);
      used += size;
    }
    await server.execute(
      `INSERT INTO page VALUES ${pages.join(",")}; INSERT INTO link VALUES ${links.join(",")}`,
      database,
    );
  }
}
