import { hasErrorCode, OperationError } from "@catapullt/core/errors";

/**
 * Whether trying again may help: the connection broke off, or the host did not answer. Never for a host key, a login, a permission,
 * a name that nobody knows, or a server that has no algorithm in common with us.
 */
export function isTransient(error: unknown): error is OperationError {
  if (!(error instanceof OperationError)) return false;
  if (error.code === "connection-lost") return true;
  return error.code === "host-unreachable" && !isPermanent(error.cause);
}

function isPermanent(cause: unknown): boolean {
  if (hasErrorCode(cause, "ENOTFOUND")) return true;
  return (
    cause instanceof Error && /no matching|unsupported|invalid identification|Handshake failed/i.test(cause.message)
  );
}
