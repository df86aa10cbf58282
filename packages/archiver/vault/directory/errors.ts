import { errorMessage, hasErrorCode, OperationError } from "@catapullt/core/errors";

const hintWhenFull = "free space in the vault: `archiver prune` removes what the retention no longer keeps";

/** For the files without which nothing can be done to the vault, a removal included. */
export const hintWhenFullUp =
  "not even a removal can be recorded: move one old archive and its sidecar to another disk, then run `archiver prune`";

/** A system error met at a path of the vault, as an error for the user; any other error stays what it is. */
export function vaultError(error: unknown, path: string, whenFull = hintWhenFull): unknown {
  if (hasErrorCode(error, "ENOSPC", "EDQUOT")) {
    return new OperationError("vault-full", `no space left for ${path}`, {
      hint: whenFull,
      cause: error,
    });
  }
  if (
    hasErrorCode(
      error,
      "EROFS",
      "EACCES",
      "EPERM",
      "EIO",
      "EBUSY",
      "ESTALE",
      "EXDEV",
      "ELOOP",
      "ENOTDIR",
      "ENOENT",
      "EISDIR",
      "EEXIST",
    )
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
export async function atPath<Result>(path: string, action: () => Promise<Result>, whenFull?: string): Promise<Result> {
  try {
    return await action();
  } catch (error) {
    throw vaultError(error, path, whenFull);
  }
}

/** The same for what is done at once. */
export function atPathNow<Result>(path: string, action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    throw vaultError(error, path);
  }
}
