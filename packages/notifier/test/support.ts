import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { hasErrorCode } from "@catapullt/core/errors";
import { programEnvironment, programFile } from "@catapullt/testkit/programs";
import { type SmtpSink, type SmtpSinkOptions, startSmtpSink } from "@catapullt/testkit/smtp-sink";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { onTestFinished } from "vitest";

/** A mail server that ends with the current test. */
export async function smtpSink(options: SmtpSinkOptions = {}): Promise<SmtpSink> {
  const sink = await startSmtpSink(options);
  onTestFinished(() => sink.close());
  return sink;
}

/** The settings of an SMTP transport that sends to a sink. */
export function smtpTransport({ port }: { port: number }, more: object = {}): object {
  const addresses = { from: "backup@example.com", to: ["admin@example.com"] };
  return { type: "smtp", host: "127.0.0.1", port, security: "none", ...addresses, ...more };
}

export interface Setup {
  directory: string;
  configFile: string;
  environment: Record<string, string>;
}

/** A configuration with these transports, in a directory of its own that also holds state and temporary files. */
export function setUp(...transports: readonly object[]): Setup {
  const directory = temporaryDirectory("notify");
  const configFile = join(directory, "notify.json");
  writeFileSync(configFile, JSON.stringify({ transports, stateDir: join(directory, "state") }), { mode: 0o600 });
  return { directory, configFile, environment: programEnvironment({ TMPDIR: directory }) };
}

/** A configuration whose mail goes to a sink of its own. */
export async function setUpWithSink(more: object = {}): Promise<Setup & { sink: SmtpSink }> {
  const sink = await smtpSink();
  return { ...setUp(smtpTransport(sink, more)), sink };
}

/** Starts `notify` from the source tree; it is killed when the test ends before it does. */
export function startNotify(
  { configFile, environment }: Setup,
  args: readonly string[],
  options: SpawnOptions = {},
): ChildProcess {
  const child = spawn(process.execPath, [programFile("notify"), "--config", configFile, ...args], {
    env: environment,
    stdio: ["ignore", "pipe", "pipe"],
    ...options,
  });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  return child;
}

export interface NotifyResult {
  exitCode: number | null;
  stdout: Buffer;
  stderr: string;
}

export async function runNotify(
  setup: Setup,
  args: readonly string[],
  options: SpawnOptions = {},
): Promise<NotifyResult> {
  return finish(startNotify(setup, args, options));
}

/** Everything that a started `notify` writes from now on, and how it ends. */
export async function finish(child: ChildProcess): Promise<NotifyResult> {
  const [stdout, stderr, [exitCode]] = await Promise.all([
    child.stdout ? buffer(child.stdout) : Buffer.alloc(0),
    child.stderr ? buffer(child.stderr) : Buffer.alloc(0),
    once(child, "exit"),
  ]);
  return { exitCode, stdout, stderr: stderr.toString("utf8") };
}

/** Waits until a stream has shown a text; gives all that came until then. */
export async function waitForText(stream: NodeJS.ReadableStream | null, text: string): Promise<string> {
  let seen = "";
  while (!seen.includes(text)) {
    const chunk = stream?.read();
    if (chunk !== null && chunk !== undefined) seen += String(chunk);
    else if (stream) await once(stream, "readable");
  }
  return seen;
}

/** True for a process that runs; one that has ended and was not collected yet does not. */
export function isAlive(processId: number): boolean {
  try {
    const status = readFileSync(`/proc/${processId}/stat`, "utf8");
    return !/\) [ZX] /.test(status);
  } catch (error) {
    if (hasErrorCode(error, "ENOENT", "ESRCH")) return false;
    throw error;
  }
}
