import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { programEnvironment } from "@catapullt/testkit/programs";
import { onTestFinished } from "vitest";

export interface SimulatedRun {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** Runs `archiver` as if it began at that moment. */
export type SimulatedArchiver = (now: Date, args: readonly string[]) => Promise<SimulatedRun>;

/** An `archiver` whose clock is set for each run; in the time zone of the backup host. Ends with the current test. */
export function startSimulatedArchiver(timeZone: string): SimulatedArchiver {
  const program = fileURLToPath(new URL("simulated-archiver-process.ts", import.meta.url));
  const child = spawn(process.execPath, [program], { env: programEnvironment({ TZ: timeZone }) });
  onTestFinished(async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill("SIGKILL");
      await once(child, "exit");
    }
  });
  let stdout = "";
  let stderr = "";
  let onAnswer = () => {};
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    if (/\0\d+\n$/.test(stdout)) onAnswer();
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const ended = once(child, "exit").then(() => Promise.reject(new Error(`archiver has ended: ${stderr}`)));
  ended.catch(() => {}); // a run that waits for its answer learns of it
  return async (now, args) => {
    [stdout, stderr] = ["", ""];
    const answered = new Promise<void>((resolve) => {
      onAnswer = resolve;
    });
    child.stdin.write(`${JSON.stringify({ now: now.toISOString(), args })}\n`);
    await Promise.race([answered, ended]);
    const end = stdout.lastIndexOf("\0");
    return { exitCode: Number(stdout.slice(end + 1)), stdout: stdout.slice(0, end), stderr };
  };
}
