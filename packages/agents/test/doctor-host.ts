import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "@catapullt/core/process/run";
import { programEnvironment, programFile, runProgramFile } from "@catapullt/testkit/programs";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import type { Section } from "../doctor/run.ts";

export interface SeenFinding {
  check: string;
  state: "ok" | "warning" | "failure";
  message: string;
  fix?: string | undefined;
}

export interface DoctorHost {
  directory: string;
  workDirectory: string;
  stateDirectory: string;
  configFile: string;
  /** `keys` are those of the application `intranet`, of type generic; `top` are lines above. */
  configure(keys: object, top?: object): void;
  /** Runs `doctor --json`; what it says of the host and of all applications. */
  doctor(environment?: Record<string, string>): Promise<{ exitCode: number | undefined; findings: SeenFinding[] }>;
  /** The same as another user, who may see nothing but what is his or everybody's. */
  doctorAs(user: number): Promise<{ exitCode: number | undefined; findings: SeenFinding[] }>;
  /** Runs one of the agent's commands. */
  run(...args: string[]): ReturnType<typeof runProgramFile>;
}

/** A work directory, a state directory and a configuration of their own, with one application. */
export function createDoctorHost(): DoctorHost {
  const directory = temporaryDirectory("doctor");
  execFileSync("chmod", ["755", directory]);
  const workDirectory = join(directory, "work");
  const stateDirectory = join(directory, "state");
  const configFile = join(directory, "agent.json");
  mkdirSync(workDirectory);
  mkdirSync(join(directory, "uploads"));
  writeFileSync(join(directory, "uploads", "one.txt"), "one");
  const args = ["--config", configFile, "doctor", "--json"];
  const read = ({ exitCode, stdout, stderr }: { exitCode?: number | undefined; stdout: string; stderr: string }) => {
    if (stdout === "") throw new Error(stderr);
    const { sections } = JSON.parse(stdout) as { sections: Section[] };
    return { exitCode, findings: sections.flatMap(({ findings }) => findings) };
  };
  const host: DoctorHost = {
    directory,
    workDirectory,
    stateDirectory,
    configFile,
    configure(keys, top = {}) {
      const intranet = { type: "generic", version: { value: "1.0" }, paths: [join(directory, "uploads")], ...keys };
      const content = { workDir: workDirectory, stateDir: stateDirectory, ...top, applications: { intranet } };
      writeFileSync(configFile, JSON.stringify(content), { mode: 0o600 });
    },
    doctor: async (environment = {}) => read(await runProgramFile("backup-agent", args, { environment })),
    async doctorAs(user) {
      execFileSync("chown", [String(user), configFile]);
      const command = [process.execPath, programFile("backup-agent"), ...args];
      const { exitCode, output, errorOutput } = await run(
        "setpriv",
        [`--reuid=${user}`, `--regid=${user}`, "--clear-groups", ...command],
        { environment: programEnvironment() },
      );
      return read({ exitCode, stdout: output.toString(), stderr: errorOutput });
    },
    run: (...rest) => runProgramFile("backup-agent", ["--config", configFile, ...rest]),
  };
  host.configure({});
  return host;
}

/** What one check said. */
export function saidBy(findings: readonly SeenFinding[], check: string): SeenFinding[] {
  return findings.filter((finding) => finding.check === check);
}
