import { mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { hasErrorCode } from "./errors.ts";

/**
 * Makes a directory, and those above it that are missing; true where it is new. Errors are the system's own. Node's
 * `recursive` tries for ever where the system says ENOENT although all above exists, as in `/proc` and below an automounter.
 */
export function makeDirectory(path: string, mode: number): boolean {
  try {
    return makeOne(path, mode);
  } catch (error) {
    const parent = dirname(path);
    if (!hasErrorCode(error, "ENOENT") || parent === path) throw error;
    makeDirectory(parent, mode);
    return makeOne(path, mode);
  }
}

function makeOne(path: string, mode: number): boolean {
  try {
    mkdirSync(path, { mode });
    return true;
  } catch (error) {
    if (hasErrorCode(error, "EEXIST") && statSync(path).isDirectory()) return false;
    throw error;
  }
}
