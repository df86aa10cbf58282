import { errorMessage, hasErrorCode, OperationError } from "@catapullt/core/errors";

/** A system error met at a path of the vault, as an error for the user; any other error stays what it is. */
export function vaultError(error: unknown, path: string): unknown {
  if (hasErrorCode(error, "ENOSPC", "EDQUOT")) {
    return new OperationError("vault-full", `no space left for ${path}`, {
      hint: "free space in the vault: `archiver prune` removes what the retention no longer keeps",
      cause: error,
    });
  }
  if (
    hasErrorCode(error, "EROFS", "EACCES", "EPERM", "EIO", "ESTALE", "ELOOP", "ENOTDIR", "ENOENT", "EISDIR", "EEXIST")
  ) {
    return new OperationError("vault-unusable", `the vault cannot be used at ${path}: ${errorMessage(error)}`, {
      hint: hasErrorCode(error, "EROFS")
        ? "the file system is mounted read-only: look at `dmesg`, then mount it writable"
        : "look at the owner and mode of this path, and whether the vault's disk is mounted",
      cause: error,
    });
  }
  return error;
}

/** Runs an action on a path of the vault and turns system errors into errors for the user. */
export async function atPath<Result>(path: string, action: () => Promise<Result>): Promise<Result> {
  try {
    return await action();
  } catch (error) {
    throw vaultError(error, path);
  }
}
