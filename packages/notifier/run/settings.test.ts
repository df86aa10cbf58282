import { describe, expect, it } from "vitest";
import { readRunSettings } from "./settings.ts";

describe("readRunSettings", () => {
  it("has what is usual where nothing is said", () => {
    expect(readRunSettings({})).toEqual({
      name: undefined,
      timeout: undefined,
      killAfter: 5_000,
      retries: 0,
      retryPause: 30_000,
      lock: false,
      quietSuccess: false,
      onlyOn: undefined,
      outputLimit: 65_536,
    });
  });

  it("reads times, numbers, events and sizes", () => {
    const options = { timeout: "2h", killAfter: "1m", retry: "3", retryPause: "10s", onlyOn: "recovery, Failure" };
    expect(readRunSettings({ ...options, outputLimit: "10MB", lock: true, quietSuccess: true })).toMatchObject({
      timeout: 7_200_000,
      killAfter: 60_000,
      retries: 3,
      retryPause: 10_000,
      onlyOn: ["failure", "recovery"],
      outputLimit: 10_000_000,
      lock: true,
      quietSuccess: true,
    });
  });

  it.each([
    [{ json: true }, "--json does not go with a command to run"],
    [{ name: " " }, "--name is empty"],
    [{ timeout: "soon" }, "--timeout soon is no time limit"],
    [{ timeout: "60d" }, "--timeout 60d is no time limit"],
    [{ timeout: "1h", killAfter: "5" }, "--kill-after 5 is no duration"],
    [{ killAfter: "5s" }, "--kill-after says nothing without --timeout"],
    [{ retryPause: "5s" }, "--retry-pause says nothing without --retry"],
    [{ retry: "-1" }, "--retry -1 is no number of times"],
    [{ retry: "1.5" }, "--retry 1.5 is no number of times"],
    [{ retry: "" }, "--retry  is no number of times"],
    [{ retry: "1001" }, "--retry 1001 is no number of times"],
    [{ retry: "3", retryPause: "0s" }, "--retry-pause 0s is no duration"],
    [{ onlyOn: "failed" }, "--only-on failed names no event: failed"],
    [{ onlyOn: "failure,,success" }, "names no event: an empty name"],
    [{ outputLimit: "64" }, "--output-limit 64 is no size"],
    [{ outputLimit: "11MB" }, "--output-limit 11MB is no size"],
    [{ outputLimit: "0B" }, "--output-limit 0B is no size"],
  ])("refuses %j", (options, message) => {
    expect(() => readRunSettings(options)).toThrow(message);
  });
});
