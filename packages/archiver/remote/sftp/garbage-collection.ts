import { setFlagsFromString } from "node:v8";

/**
 * Keeps the garbage collector from taking more time than the transfer. ssh2 takes new memory for each packet; V8 13 (Node 24)
 * looks for garbage after every few dozen megabytes of such memory, however small the heap is, and does so in hundreds of small
 * steps. With these flags it waits until there is something to gain, as later versions of V8 do, and then marks in one go.
 */
export function relaxGarbageCollection(): void {
  setFlagsFromString("--no-incremental-marking");
  if (process.versions.v8.startsWith("13.")) setFlagsFromString("--external-memory-accounted-in-global-limit");
}
