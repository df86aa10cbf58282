import { expect, test } from "vitest";
import { type ErrorCode, errorCodes } from "./error-codes.ts";
import { errorMessage, hasErrorCode, OperationError } from "./errors.ts";

test("an operation error ends the program with the exit code of its code", () => {
  for (const code of Object.keys(errorCodes) as ErrorCode[])
    expect(new OperationError(code, "x").exitCode).toBe(errorCodes[code].exitCode);
  expect(new OperationError("config-invalid", "x").exitCode).toBe(2);
  expect(new OperationError("locked", "x").exitCode).toBe(4);
});

test("an operation error keeps hint and cause", () => {
  const cause = new Error("why");
  expect(new OperationError("locked", "x", { hint: "wait", cause })).toMatchObject({ hint: "wait", cause });
  expect("cause" in new OperationError("locked", "x")).toBe(false);
});

test("every code has words of its own", () => {
  const meanings = Object.values(errorCodes).map(({ meaning }) => meaning);
  expect(new Set(meanings).size).toBe(meanings.length);
  for (const code of Object.keys(errorCodes)) expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
});

test("tells system errors apart by their code", () => {
  const missing = Object.assign(new Error("x"), { code: "ENOENT" });
  expect(hasErrorCode(missing, "EACCES", "ENOENT")).toBe(true);
  expect(hasErrorCode(missing, "EACCES")).toBe(false);
  expect(hasErrorCode({ code: "ENOENT" }, "ENOENT")).toBe(false);
  expect(hasErrorCode(undefined, "ENOENT")).toBe(false);
});

test("gives the message of anything that was thrown", () => {
  expect(errorMessage(new Error("x"))).toBe("x");
  expect(errorMessage("x")).toBe("x");
  expect(errorMessage(undefined)).toBe("undefined");
});
