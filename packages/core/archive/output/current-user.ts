import { userInfo } from "node:os";
import { hasErrorCode } from "../../errors.ts";

/** Who this process is, for messages: `backup (uid 34)`. */
export function describeCurrentUser(): string {
  const uid = process.getuid?.();
  try {
    return `${userInfo().username} (uid ${uid})`;
  } catch (error) {
    if (hasErrorCode(error, "ERR_SYSTEM_ERROR")) return `uid ${uid}`; // no such user in the system's list
    throw error;
  }
}
