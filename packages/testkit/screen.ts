import { formatCommandLine } from "@catapullt/core/shell-words";
import xterm from "@xterm/headless";
import { execa } from "execa";
import { programEnvironment } from "./programs.ts";
import { systemProgram } from "./system-packages.ts";

export interface Screen {
  /** What a user sees now: lines without trailing blanks, the empty ones below left out. */
  lines(): string[];
  /** Everything that was written, control sequences included. */
  written(): string;
  /** Waits until the screen is as expected; fails where the command ends or half a minute passes before. */
  waitUntil(isAsExpected: (lines: string[]) => boolean): Promise<string[]>;
  /** Sends keys, such as `\u0003` for Ctrl-C. */
  press(keys: string): void;
  /** Ends the terminal, and with it what runs there. */
  close(): Promise<void>;
  /** The command's exit code. */
  ended: Promise<number | undefined>;
}

export interface ScreenOptions {
  columns?: number;
  rows?: number;
  environment?: Record<string, string>;
  /** What a shell is to do with the command, `"$@"`, such as `"$@" > file`. */
  script?: string;
}

const limit = 30_000;

/** Runs a command on a pseudo-terminal, and shows what its user would see. */
export function runOnScreen(command: readonly string[], options: ScreenOptions = {}): Screen {
  const { columns = 100, rows = 24, environment, script = '"$@"' } = options;
  const terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, convertEol: false });
  const shell = ["sh", "-c", `stty cols ${columns} rows ${rows}; ${script}`, "sh", ...command];
  const child = execa(systemProgram("script"), ["-qefc", formatCommandLine(shell), "/dev/null"], {
    ...{ extendEnv: false, env: programEnvironment(environment), reject: false, stdin: "pipe", buffer: false },
  });
  child.stdin.on("error", () => {}); // keys that nobody reads any more
  let written = "";
  let hasEnded = false;
  const waiting = new Set<() => void>();
  const look = () => {
    for (const check of waiting) check();
  };
  child.stdout.on("data", (chunk: Buffer) => {
    written += chunk.toString("utf8");
    terminal.write(chunk, look);
  });
  const ended = child.then(({ exitCode }) => {
    hasEnded = true;
    return new Promise<number | undefined>((resolve) => terminal.write("", () => resolve(exitCode)));
  });
  const lines = () => {
    const { active } = terminal.buffer;
    const all = Array.from({ length: active.length }, (_, row) => active.getLine(row)?.translateToString(true) ?? "");
    return all.slice(0, all.findLastIndex((line) => line !== "") + 1);
  };
  return {
    lines,
    written: () => written,
    press: (keys) => void child.stdin.write(keys),
    async close() {
      child.kill("SIGKILL");
      await ended;
    },
    ended,
    waitUntil(isAsExpected) {
      return new Promise((resolve, reject) => {
        const settle = (end: () => void) => {
          waiting.delete(check);
          clearTimeout(timer);
          end();
        };
        const check = () => {
          if (isAsExpected(lines())) settle(() => resolve(lines()));
          else if (hasEnded)
            settle(() => reject(new Error(`the screen was never as expected:\n${lines().join("\n")}`)));
        };
        const timer = setTimeout(() => {
          settle(() => reject(new Error(`the screen is not as expected:\n${lines().join("\n")}`)));
        }, limit);
        waiting.add(check);
        void ended.then(check);
        check();
      });
    },
  };
}
