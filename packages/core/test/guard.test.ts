import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { describe, expect, test } from "vitest";
import { guardDirectory, startGuardedServer } from "../process/guard.ts";
import { isRunning } from "./is-running.ts";

/** A server that tells its process number, and more if asked, and stays. */
function command(directory: string, more = "true"): string[] {
  return ["sh", "-c", `${more}; echo $$ > '${directory}/pid'; exec sleep 600`];
}

async function eventually<T>(look: () => T | undefined | false): Promise<T> {
  const limit = performance.now() + 20_000;
  for (;;) {
    const found = look();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > limit) throw new Error("it did not come about");
    await delay(10);
  }
}

function readServer(directory: string): Promise<number> {
  return eventually(() => {
    const file = join(directory, "pid");
    return existsSync(file) ? Number(readFileSync(file, "utf8")) || undefined : undefined;
  });
}

describe("startGuardedServer", () => {
  test("ends the server and removes its directory when told to, as often as it is told", async () => {
    const directory = temporaryDirectory("guard");
    const guard = startGuardedServer({ command: command(directory), log: join(directory, "log"), directory });
    const server = await readServer(directory);
    await guard.end();
    await guard.end();
    await guard.ended;
    expect(isRunning(server)).toBe(false);
    expect(existsSync(directory)).toBe(false);
  });

  test("runs what prepares it first, and nothing after that has failed", async () => {
    const directory = temporaryDirectory("guard");
    const log = join(directory, "log");
    await startGuardedServer({ prepare: ["sh", "-c", "echo no room >&2; exit 3"], command: command(directory), log })
      .ended;
    expect(readFileSync(log, "utf8")).toBe("no room\n");
    expect(readdirSync(directory)).toEqual(["log"]);
  });

  test("gives the server the environment, the niceness and the limits that it is to have", async () => {
    const directory = temporaryDirectory("guard");
    const guard = startGuardedServer({
      command: command(directory, 'echo "$GREETING"; nice; ulimit -v; ulimit -c'),
      log: join(directory, "log"),
      environment: { PATH: process.env.PATH, GREETING: "hello" },
      limits: { addressSpace: 1024 ** 3, niceness: 7 },
    });
    await readServer(directory);
    await guard.end();
    expect(readFileSync(join(directory, "log"), "utf8").split("\n").slice(0, 4)).toEqual([
      "hello",
      "7",
      "1048576",
      "0",
    ]);
  });

  test("takes words as they are, whatever a shell would make of them", async () => {
    const directory = temporaryDirectory("guard's $(touch x); dir");
    const guard = startGuardedServer({
      command: ["sh", "-c", 'echo "$1"', "sh", "a'b $HOME `id`"],
      log: join(directory, "log"),
    });
    await guard.ended;
    expect(readFileSync(join(directory, "log"), "utf8")).toBe("a'b $HOME `id`\n");
  });
});

describe("what guards leave when a process is killed", () => {
  async function begin(): Promise<{ directory: string; server: number; program: number; killed: Promise<unknown> }> {
    const directory = temporaryDirectory("guard");
    const file = fileURLToPath(new URL("./guard-program.ts", import.meta.url));
    const program = spawn(process.execPath, [file, directory, ...command(directory)], { stdio: "ignore" });
    return {
      directory,
      server: await readServer(directory),
      program: program.pid ?? 0,
      killed: once(program, "close"),
    };
  }

  test("is nothing, neither the server nor the directory", async () => {
    const { directory, server, program, killed } = await begin();
    process.kill(program, "SIGKILL");
    await killed;
    await eventually(() => !isRunning(server) && !existsSync(directory));
  });

  test("is no server where its guard is killed", async () => {
    const { server, program, killed } = await begin();
    const guard = Number(/^PPid:\s*(\d+)$/m.exec(readFileSync(`/proc/${server}/status`, "utf8"))?.[1]);
    process.kill(guard, "SIGKILL");
    await eventually(() => !isRunning(server));
    process.kill(program, "SIGKILL");
    await killed;
  });
});

test("guardDirectory removes what is in the directory with it", async () => {
  const directory = temporaryDirectory("guarded");
  const guard = guardDirectory(directory);
  await guard.end();
  expect(existsSync(directory)).toBe(false);
});
