import type { Writable } from "node:stream";
import type { StartedProcess } from "@catapullt/core/process/start";

/**
 * Gives a dump to a program's standard input. The last piece goes in, and the input is closed, only when the source has ended
 * well: a program that acts on what it has got never has all of a dump that proves to be a wrong one. Stops when the program ends.
 */
export async function feed(program: StartedProcess, source: AsyncIterable<Uint8Array>): Promise<void> {
  let hasEnded = false;
  program.outcome.then(() => {
    hasEnded = true;
  });
  let held: Uint8Array | undefined;
  for await (const piece of source) {
    if (hasEnded) return;
    if (held !== undefined) await give(program, held);
    held = piece;
  }
  program.input?.end(held);
}

// How far a program may stay behind what it is given: with less, each waits for the other at every piece.
const longestQueue = 1024 * 1024;

/** Resolves when there is room for more. Never rejects: what a program no longer wants is not given to it. */
export async function give({ input }: StartedProcess, piece: Uint8Array): Promise<void> {
  if (input === undefined || !input.writable || input.write(piece)) return;
  if (input.writableLength >= longestQueue) await roomIn(input);
}

function roomIn(input: Writable): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      input.off("drain", done);
      input.off("close", done);
      resolve();
    };
    input.on("drain", done);
    input.on("close", done);
  });
}
