import { createHash, randomFillSync } from "node:crypto";
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { describeOutcome, run } from "@catapullt/core/process/run";
import { median } from "@catapullt/core/statistics";
import { startDelayingProxy } from "@catapullt/testkit/delaying-proxy";
import { runProgramFile } from "@catapullt/testkit/programs";
import { startSshServer, type ThrowawaySshServer } from "@catapullt/testkit/sshd";
import { createTemporaryDirectory } from "@catapullt/testkit/temporary-directory";

export interface PullBenchmarkOptions {
  /** Bytes of each archive, and how many there are. */
  bytes: number;
  count?: number | undefined;
  /** Milliseconds that everything takes in each direction. */
  delay?: number | undefined;
  rounds: number;
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

/**
 * Fetches a directory of archives with `archiver pull` and with what a user would take instead, in turns. archiver's
 * time holds its start, the hash of every byte, the comparison with the sidecar and fsync; the others only copy. The row
 * `archiver, the archive alone` leaves out the start, the connection and the look at the host.
 */
export async function benchmarkPull({
  bytes,
  count = 1,
  delay = 0,
  rounds,
}: PullBenchmarkOptions): Promise<PullBenchmarkRow[]> {
  const { path: directory, remove } = createTemporaryDirectory("bench-pull");
  const server = await startSshServer({ commands: true });
  const proxy = delay === 0 ? undefined : await startDelayingProxy({ port: server.port, delay });
  try {
    const line = proxy === undefined ? server : moveTo(proxy.port, server, join(directory, "known_hosts"));
    const source = join(directory, "work", "bench");
    for (let number = 0; number < count; number += 1) createArchive(source, { bytes, number });
    const copy = join(directory, "copy");
    const alone: number[] = [];
    const tools = { archiver: archiverPull(directory, line, alone), ...competitors(line, source, copy) };
    const seconds = new Map<string, number[]>(Object.keys(tools).map((tool) => [tool, []]));
    for (let round = 0; round < rounds; round += 1) {
      for (const [tool, fetch] of Object.entries(tools)) {
        rmSync(copy, { force: true, recursive: true });
        rmSync(join(directory, "vault", "host"), { recursive: true, force: true });
        const startedAt = performance.now();
        await fetch();
        seconds.get(tool)?.push((performance.now() - startedAt) / 1000);
        if (tool !== "archiver") refuseIncomplete(tool, copy, count);
      }
    }
    const rows = count === 1 ? new Map([...seconds, ["archiver, the archive alone", alone]]) : seconds;
    return summarize(rows, bytes * count);
  } finally {
    await proxy?.close();
    await server.stop();
    remove();
  }
}

type Access = Pick<ThrowawaySshServer, "address" | "port" | "user" | "identityFile" | "knownHostsFile">;

function moveTo(port: number, server: ThrowawaySshServer, knownHostsFile: string): Access {
  const known = readFileSync(server.knownHostsFile, "utf8").replaceAll(`:${server.port}`, `:${port}`);
  writeFileSync(knownHostsFile, known);
  return { ...server, port, knownHostsFile };
}

function archiverPull(directory: string, access: Access, alone: number[]): () => Promise<void> {
  const { address, port, user, identityFile, knownHostsFile } = access;
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

function competitors({ port, user, identityFile, knownHostsFile }: Access, source: string, copy: string) {
  const options = ["-i", identityFile, "-o", `UserKnownHostsFile=${knownHostsFile}`, "-o", "IdentitiesOnly=yes"];
  const from = `${user}@127.0.0.1:${source}`;
  const connect = `ssh -a -x -p ${port} ${options.join(" ")}`;
  const lftp = `set sftp:connect-program '${connect}'; open sftp://${user}:@127.0.0.1:${port}; mirror ${source} ${copy}`;
  const rcloneHost = ["--sftp-host", "127.0.0.1", "--sftp-port", String(port), "--sftp-user", user];
  const rcloneKeys = ["--sftp-key-file", identityFile, "--sftp-known-hosts-file", knownHostsFile];
  return {
    sftp: () => runTool("sftp", ["-q", "-r", "-P", String(port), ...options, from, copy]),
    scp: () => runTool("scp", ["-q", "-r", "-P", String(port), ...options, from, copy]),
    rsync: () => runTool("rsync", ["-r", "--whole-file", "-e", connect, `${from}/`, copy]),
    lftp: () => runTool("lftp", ["-c", lftp]),
    rclone: () => runTool("rclone", ["--config", "", "copy", ...rcloneHost, ...rcloneKeys, `:sftp:${source}`, copy]),
  };
}

/** A tool that is wrongly called may end well and fetch nothing. */
function refuseIncomplete(tool: string, copy: string, count: number): void {
  const files = readdirSync(copy).length;
  if (files !== 2 * count) throw new Error(`${tool} has fetched ${files} files instead of ${2 * count}`);
}

async function runTool(command: string, args: readonly string[]): Promise<void> {
  const outcome = await run(command, args);
  if (outcome.exitCode !== 0) throw new Error(`${command}: ${describeOutcome(outcome)}: ${outcome.errorOutput}`);
}

function createArchive(directory: string, { bytes, number }: { bytes: number; number: number }): void {
  const time = new Date(Date.UTC(2026, 10, 23, 2) - number * 86_400_000).toISOString().replace(/[-:]|\.\d+/g, "");
  const name = `bench_${time}.tar`;
  const path = join(directory, name);
  mkdirSync(directory, { recursive: true });
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
