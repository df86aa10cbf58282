import { execa } from "execa";

export interface GuardedServerOptions {
  /** Runs to its end first, under the same guard. */
  prepare?: readonly string[] | undefined;
  /** Program and arguments; it must stay in the foreground. */
  command: readonly string[];
  /** File for what it prints. */
  log: string;
  /** Removed after the server has ended. */
  directory: string;
  /** Ends the server. Default: KILL, which leaves a server no time to release what outlives its process. */
  endSignal?: "KILL" | "QUIT" | undefined;
}

/**
 * Starts a server that ends, with its directory, when the returned function is called or when this process ends, however
 * it ends: the guard's standard input is a pipe from this process, and the server dies with the guard.
 */
export function startGuardedServer(options: GuardedServerOptions): () => Promise<void> {
  const { prepare, command, log, directory, endSignal = "KILL" } = options;
  const script = `
    exec >>${quoteForShell(log)} 2>&1
    ${(prepare ?? ["true"]).map(quoteForShell).join(" ")}
    setpriv --pdeathsig KILL ${command.map(quoteForShell).join(" ")} &
    server=$!
    read -r _
    kill -${endSignal} $server
    wait $server
    rm -rf ${quoteForShell(directory)}`;
  const guard = execa("sh", ["-c", script], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
    reject: false,
    cleanup: false,
  });
  guard.stdin.on("error", () => {}); // the guard may be gone already
  return async () => {
    guard.stdin.end();
    await guard;
  };
}

export function quoteForShell(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
