import { execa } from "execa";
import { formatCommandLine, quoteForShell } from "../shell-words.ts";

export interface Guard {
  /** Ends what is guarded and waits until it is gone. Idempotent. */
  end(): Promise<void>;
  /** Settles when the guard is gone, also when what it guards ended by itself. */
  ended: Promise<void>;
}

export interface GuardedServerOptions {
  /** Runs to its end first, under the same guard; where it fails, the server is not started. */
  prepare?: readonly string[] | undefined;
  /** Program and arguments; it must stay in the foreground. */
  command: readonly string[];
  /** File for what both print. */
  log: string;
  /** Removed once the server has ended. */
  directory?: string | undefined;
  /** Ends the server. Default: KILL, which leaves a server no time to release what outlives its process. */
  endSignal?: "KILL" | "QUIT" | undefined;
  environment?: NodeJS.ProcessEnv | undefined;
  /** Whom both run as, where this process is root's: a server that changes its user by itself would outlive a guard that is killed. */
  account?: { uid: number; gid: number } | undefined;
  limits?: ServerLimits | undefined;
}

export interface ServerLimits {
  /** Bytes of address space of each process. */
  addressSpace: number;
  /** How much the server stands back for others, 0 to 19 as in nice(1). */
  niceness: number;
}

/**
 * Starts a server that ends when the guard is told to, or when this process ends, however it ends: the guard's standard input is
 * a pipe from this process, and the server dies with the guard (PR_SET_PDEATHSIG).
 */
export function startGuardedServer(options: GuardedServerOptions): Guard {
  const { prepare = ["true"], command, log, directory, endSignal = "KILL", environment, account, limits } = options;
  const changed = account === undefined ? [] : changeTo(account);
  // Asked more than once: the shell lets it ignore QUIT until it says what it does with it.
  return startGuard(
    `exec >>${quoteForShell(log)} 2>&1
    ${limits === undefined ? "" : `ulimit -c 0; ulimit -v ${Math.floor(limits.addressSpace / 1024)}`}
    ${formatCommandLine([...changed, ...prepare])} || exit
    exec 3<&0
    ${formatCommandLine([...nice(limits), ...changed, "setpriv", "--pdeathsig", "KILL", ...command])} 3<&- &
    server=$!
    { read -r _ <&3; while kill -0 $$ && kill -${endSignal} $server; do sleep 0.05; done; } 2>&- &
    wait $server
    kill $! 2>&-
    ${directory === undefined ? "" : removal(directory)}`,
    environment,
  );
}

/** Removes a directory when the guard is told to, or when this process ends, however it ends. */
export function guardDirectory(directory: string): Guard {
  return startGuard(`read -r _\n${removal(directory)}`, process.env);
}

function nice(limits: ServerLimits | undefined): string[] {
  return limits === undefined ? [] : ["nice", "-n", String(limits.niceness)];
}

function changeTo({ uid, gid }: { uid: number; gid: number }): string[] {
  return ["setpriv", `--reuid=${uid}`, `--regid=${gid}`, "--clear-groups"];
}

// What a server that is being ended still writes can make one attempt fail.
function removal(directory: string): string {
  const path = quoteForShell(directory);
  return `for attempt in 1 2 3 4 5 6 7 8 9; do rm -rf -- ${path} && break; sleep 0.2; done`;
}

function startGuard(script: string, environment: NodeJS.ProcessEnv | undefined): Guard {
  const guard = execa("sh", ["-c", script], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
    reject: false,
    cleanup: false,
    ...(environment === undefined ? {} : { env: environment, extendEnv: false }),
  });
  guard.stdin.on("error", () => {}); // the guard may be gone already
  const ended = guard.then(() => {});
  return {
    ended,
    async end() {
      guard.stdin.end();
      await ended;
    },
  };
}
