import type { ErrorCode } from "@catapullt/core/error-codes";
import { OperationError } from "@catapullt/core/errors";
import { expect, test } from "vitest";
import { isTransient } from "./transient.ts";

function failure(code: ErrorCode, cause?: { code?: string; message?: string }): OperationError {
  return new OperationError(code, "failed", {
    cause: cause && Object.assign(new Error(cause.message ?? "cause"), { code: cause.code }),
  });
}

test.each([
  ["a connection that broke off", failure("connection-lost")],
  ["no answer", failure("host-unreachable")],
  ["a refused connection", failure("host-unreachable", { code: "ECONNREFUSED" })],
  ["a name service that does not answer", failure("host-unreachable", { code: "EAI_AGAIN" })],
  [
    "a server that takes no more logins now",
    failure("host-unreachable", { message: "Connection lost before handshake" }),
  ],
])("%s may be better the next time", (_, error) => {
  expect(isTransient(error)).toBe(true);
});

test.each([
  ["a host key that is not known", failure("host-key-unknown")],
  ["a host key that has changed", failure("host-key-changed")],
  ["a host key that is revoked", failure("host-key-revoked")],
  ["a login that is refused", failure("access-denied")],
  ["a key that cannot be used", failure("identity-unusable")],
  ["a name that nobody knows", failure("host-unreachable", { code: "ENOTFOUND" })],
  ["no common algorithm", failure("host-unreachable", { message: "Handshake failed: no matching host key format" })],
  ["a full vault", failure("vault-full")],
  ["a bug", new Error("bug")],
])("%s stays what it is", (_, error) => {
  expect(isTransient(error)).toBe(false);
});
