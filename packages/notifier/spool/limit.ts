import type { SpoolFile } from "./file-name.ts";

export interface SizedFile extends SpoolFile {
  bytes: number;
}

export interface SpoolLimit {
  messages: number;
  bytes: number;
}

/** What must go so that no more than this stays: the oldest successes first, then the oldest. Files come oldest first. Pure. */
export function chooseGivenUp(files: readonly SizedFile[], limit: SpoolLimit): SizedFile[] {
  let messages = files.length;
  let bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const candidates = [...files.filter(({ isSuccess }) => isSuccess), ...files.filter(({ isSuccess }) => !isSuccess)];
  const given: SizedFile[] = [];
  for (const file of candidates) {
    if (messages <= limit.messages && bytes <= limit.bytes) break;
    given.push(file);
    messages -= 1;
    bytes -= file.bytes;
  }
  return given;
}
