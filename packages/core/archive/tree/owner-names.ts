import { readFileSync } from "node:fs";
import { hasErrorCode } from "../../errors.ts";
import type { ByteString } from "../tar/byte-string.ts";

export interface OwnerNames {
  user(uid: number): ByteString;
  group(gid: number): ByteString;
}

/** Names of users and groups from /etc/passwd and /etc/group, read once; empty for numbers that they do not list. */
export function readOwnerNames(directory = "/etc"): OwnerNames {
  const users = readNames(`${directory}/passwd`);
  const groups = readNames(`${directory}/group`);
  return { user: (uid) => users.get(uid) ?? "", group: (gid) => groups.get(gid) ?? "" };
}

function readNames(path: string): Map<number, ByteString> {
  const names = new Map<number, ByteString>();
  for (const line of readIfPresent(path).split("\n")) {
    const [name = "", , number = ""] = line.split(":");
    if (name !== "" && /^\d+$/.test(number) && !names.has(Number(number))) names.set(Number(number), name);
  }
  return names;
}

function readIfPresent(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch (error) {
    if (hasErrorCode(error, "ENOENT", "EACCES")) return "";
    throw error;
  }
}
