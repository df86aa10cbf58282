import { createHash, randomFillSync } from "node:crypto";
import { closeSync, fsyncSync, mkdirSync, openSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { describeOutcome, run } from "@catapullt/core/process/run";
import { median } from "@catapullt/core/statistics";
import { runProgramFile } from "@catapullt/testkit/programs";
import { startSshServer, type ThrowawaySshServer } from "@catapullt/testkit/sshd";
import { createTemporaryDirectory } from "@catapullt/testkit/temporary-directory";

export interface PullBenchmarkOptions {
  /** Bytes of the archive. */
  bytes?: number | undefined;
  rounds?: number | undefined;
}

export interface PullBenchmarkRow {
  tool: string;
  /** Seconds of each round. */
  seconds: number[];
  medianSeconds: number;
  megabytesPerSecond: number;
  /** The tool's median time over archiver's: above 1 means that archiver is faster. */
  timesArchiver: number;
}

const name = "bench_20261123T020000Z.tar";

/**
 * Fetches one large archive over loopback with `archiver pull` and with what a user would take instead, in turns. archiver's
 * time holds its start, the hash of every byte, the comparison with the sidecar and fsync; the others only copy. The row
 * `archiver, the archive alone` leaves out the start, the connection and the look at the host.
 */
export async function benchmarkPull({
  bytes = 1_000_000_000,
  rounds = 5,
}: PullBenchmarkOptions = {}): Promise<PullBenchmarkRow[]> {
  const { path: directory, remove } = createTemporaryDirectory("bench-pull");
  const server = await startSshServer({ commands: true });
  try {
    const source = join(directory, "work", "bench", name);
    createArchive(source, bytes);
    const alone: number[] = [];
    const tools = {
      archiver: archiverPull(directory, server, alone),
      ...competitors(server, source, join(directory, "copy")),
    };
    const seconds = new Map<string, number[]>(Object.keys(tools).map((tool) => [tool, []]));
    for (let round = 0; round < rounds; round += 1) {
      for (const [tool, fetch] of Object.entries(tools)) {
        rmSync(join(directory, "copy"), { force: true });
        rmSync(join(directory, "vault", "host"), { recursive: true, force: true });
        const startedAt = performance.now();
        await fetch();
        seconds.get(tool)?.push((performance.now() - startedAt) / 1000);
      }
    }
    return summarize(new Map([...seconds, ["archiver, the archive alone", alone]]), bytes);
  } finally {
    await server.stop();
    remove();
  }
}

function archiverPull(directory: string, server: ThrowawaySshServer, alone: number[]): () => Promise<void> {
  const { address, port, user, identityFile, knownHostsFile } = server;
  const vault = join(directory, "vault");
  const configFile = join(directory, "archiver.json");
  mkdirSync(vault);
  const host = { address, port, user, identityFile, knownHostsFile, path: join(directory, "work") };
  writeFileSync(configFile, JSON.stringify({ vault, hosts: { host } }));
  return async () => {
    const result = await runProgramFile("archiver", ["--config", configFile, "pull", "--keep-remote", "--json"], {
      timeout: 600_000,
    });
    if (result.exitCode !== 0) throw new Error(`archiver failed: ${result.stderr}`);
    const [outcome] = JSON.parse(result.stdout) as [{ fetched: [{ seconds: number }] }];
    alone.push(outcome.fetched[0].seconds);
  };
}

function competitors({ port, user, identityFile, knownHostsFile }: ThrowawaySshServer, source: string, copy: string) {
  const options = ["-i", identityFile, "-o", `UserKnownHostsFile=${knownHostsFile}`, "-o", "IdentitiesOnly=yes"];
  const from = `${user}@127.0.0.1:${source}`;
  return {
    sftp: () => runTool("sftp", ["-q", "-P", String(port), ...options, from, copy]),
    scp: () => runTool("scp", ["-q", "-P", String(port), ...options, from, copy]),
    rsync: () => runTool("rsync", ["--whole-file", "-e", `ssh -p ${port} ${options.join(" ")}`, from, copy]),
  };
}

async function runTool(command: string, args: readonly string[]): Promise<void> {
  const outcome = await run(command, args);
  if (outcome.exitCode !== 0) throw new Error(`${command}: ${describeOutcome(outcome)}: ${outcome.errorOutput}`);
}

function createArchive(path: string, bytes: number): void {
  mkdirSync(join(path, ".."), { recursive: true });
  const hash = createHash("sha1");
  const file = openSync(path, "w");
  const block = Buffer.alloc(1_000_000);
  for (let left = bytes; left > 0; left -= block.length) {
    const piece = randomFillSync(block).subarray(0, Math.min(left, block.length));
    hash.update(piece);
    writeSync(file, piece);
  }
  fsyncSync(file);
  closeSync(file);
  writeFileSync(`${path}.sha1`, `${hash.digest("hex")}  ${name}\n`);
}

function summarize(seconds: Map<string, number[]>, bytes: number): PullBenchmarkRow[] {
  const archiver = median(seconds.get("archiver") ?? []) ?? 0;
  return [...seconds].map(([tool, times]) => {
    const medianSeconds = median(times) ?? 0;
    return {
      tool,
      seconds: times,
      medianSeconds,
      megabytesPerSecond: bytes / 1e6 / medianSeconds,
      timesArchiver: medianSeconds / archiver,
    };
  });
}
