import { execFile } from "node:child_process";
import { closeSync, constants, openSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

/** The two ends of a pipe: open descriptors, closed on exec. */
export interface Pipe {
  /** Does not block. */
  reader: number;
  writer: number;
}

/**
 * Makes pipes by way of named ones in `directory`, whose names are gone when this returns. Node's own "pipes" are sockets,
 * which a command cannot open anew: `echo … > /dev/stderr` in a shell script would fail.
 */
export async function createPipes(directory: string, count: number): Promise<Pipe[]> {
  const paths = Array.from({ length: count }, (_, index) => join(directory, `pipe-${index}`));
  const opened: number[] = [];
  const open = (path: string, flags: number) => {
    const descriptor = openSync(path, flags);
    opened.push(descriptor);
    return descriptor;
  };
  try {
    await promisify(execFile)("mkfifo", ["-m", "600", ...paths]);
    // The reader first: a writer alone would wait for it.
    return paths.map((path) => ({
      reader: open(path, constants.O_RDONLY | constants.O_NONBLOCK),
      writer: open(path, constants.O_WRONLY),
    }));
  } catch (error) {
    for (const descriptor of opened) closeSync(descriptor);
    throw error;
  } finally {
    for (const path of paths) rmSync(path, { force: true });
  }
}
