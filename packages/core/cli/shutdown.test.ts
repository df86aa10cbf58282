import { expect, test } from "vitest";
import { listenForShutdown, Shutdown } from "./shutdown.ts";

test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)("aborts on %s and says why", (signal) => {
  const shutdown = listenForShutdown();
  try {
    process.emit(signal, signal);
    expect(shutdown.signal.aborted).toBe(true);
    expect(shutdown.signal.reason).toBeInstanceOf(Shutdown);
    expect(shutdown.signal.reason).toMatchObject({ signal, message: `ended by ${signal}` });
  } finally {
    shutdown.stop();
  }
});

test("no longer listens once it is stopped", () => {
  const before = process.listenerCount("SIGTERM");
  const shutdown = listenForShutdown();
  expect(process.listenerCount("SIGTERM")).toBe(before + 1);
  shutdown.stop();
  expect(process.listenerCount("SIGTERM")).toBe(before);
});
