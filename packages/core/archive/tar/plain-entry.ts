import { toByteString } from "./byte-string.ts";
import type { TarEntry } from "./tar-header.ts";

const plainMode = 0o640;

/** The header of a member that is no copy of a file on the host. */
export function plainEntry(member: string, size: number, time: Date): TarEntry {
  return {
    name: toByteString(member),
    type: "file",
    size,
    mode: plainMode,
    uid: 0,
    gid: 0,
    userName: "root",
    groupName: "root",
    modifiedAt: BigInt(Math.floor(time.getTime() / 1000)) * 1_000_000_000n,
    linkName: "",
  };
}
