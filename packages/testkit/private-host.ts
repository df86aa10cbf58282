import { once } from "node:events";
import { execa } from "execa";
import type { ProgramOptions, ProgramResult } from "./programs.ts";
import { programEnvironment } from "./programs.ts";
import { systemProgram } from "./system-packages.ts";

export interface PrivateHost {
  /** The host's file system as this process sees it: `<root>/var/backups`. */
  root: string;
  /** Runs a command on the host, with an environment like cron's; never rejects because of its exit code. */
  run(command: readonly string[], options?: ProgramOptions): Promise<ProgramResult>;
  /** Ends what still runs on the host, and everything that was written there is gone. Idempotent. */
  stop(): Promise<void>;
}

const scratchDirectories = ["/etc", "/home", "/opt", "/srv", "/var"];

/**
 * This machine with its own scratch layer: whatever is written below /etc, /home, /opt, /srv and /var is seen on the private
 * host only and goes away with it. So a test uses the programs' real default paths. Needs root; processes and network are
 * those of the machine.
 */
export async function startPrivateHost(): Promise<PrivateHost> {
  const keeper = execa(systemProgram("unshare"), ["--mount", "--propagation", "private", "sh", "-ec", mountScript()], {
    stdio: ["pipe", "pipe", "inherit"],
    reject: false,
    cleanup: true,
  });
  keeper.stdin.on("error", () => {}); // the keeper may be gone already
  await Promise.race([
    once(keeper.stdout, "data"),
    keeper.then(() => {
      throw new Error("the private host could not be set up; it needs root and overlay file systems");
    }),
  ]);
  const { pid } = keeper;
  return {
    root: `/proc/${pid}/root`,
    async run([program = "", ...args], { environment, directory = "/", input, timeout = 50_000 } = {}) {
      const result = await execa(
        "nsenter",
        ["--target", String(pid), "--mount", `--wdns=${directory}`, program, ...args],
        {
          reject: false,
          extendEnv: false,
          env: programEnvironment(environment),
          timeout,
          stripFinalNewline: false,
          ...(input === undefined ? { stdin: "ignore" as const } : { input }),
        },
      );
      return {
        exitCode: result.exitCode,
        signal: result.signal,
        stdout: String(result.stdout),
        stderr: String(result.stderr),
      };
    },
    async stop() {
      keeper.stdin.end();
      await keeper;
    },
  };
}

// The layers lie in memory inside the namespace: when its last process ends, the kernel takes them away.
function mountScript(): string {
  const overlays = scratchDirectories.map((directory) => {
    const layer = `/mnt${directory}`;
    return `mkdir -p ${layer}/upper ${layer}/work
      mount -t overlay overlay -o lowerdir=${directory},upperdir=${layer}/upper,workdir=${layer}/work ${directory}`;
  });
  return `mount -t tmpfs tmpfs /mnt\n${overlays.join("\n")}\necho ready\nread -r _ || true`;
}
