import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { OperationError } from "@catapullt/core/errors";
import { silentLogger } from "@catapullt/core/log/logger";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { describe, expect, it } from "vitest";
import type { Consistency } from "../applications/type.ts";
import { type ConsistencyRequest, endInterruptedConsistency, withConsistency } from "./consistency.ts";

interface Faults {
  /** Fails after the token was recorded. */
  begin?: Error;
  end?: Error;
}

function prepare(faults: Faults = {}) {
  const events: string[] = [];
  const controller = new AbortController();
  const consistency: Consistency = {
    title: "maintenance mode",
    async begin({ record }) {
      await record("token-1");
      events.push("begin");
      if (faults.begin !== undefined) throw faults.begin;
    },
    async end(token, { signal }) {
      signal.throwIfAborted();
      if (faults.end !== undefined) throw faults.end;
      events.push(`end ${token}`);
    },
    byHand: (token) => `unlock ${token}`,
  };
  const stateDirectory = temporaryDirectory("consistency");
  const request: ConsistencyRequest = {
    application: "wiki",
    consistency,
    stateDirectory,
    environment: {},
    log: silentLogger(),
    signal: controller.signal,
  };
  return { events, controller, request, record: join(stateDirectory, "consistency", "wiki") };
}

describe("withConsistency", () => {
  it("holds the application at rest, with a record that only its owner reads, and lets it go on", async () => {
    const { events, request, record } = prepare();
    const result = await withConsistency(request, async () => {
      expect(readFileSync(record, "utf8")).toBe("token-1\n");
      expect(statSync(record).mode & 0o777).toBe(0o600);
      events.push("backup");
      return 42;
    });
    expect(result).toBe(42);
    expect(events).toEqual(["begin", "backup", "end token-1"]);
    expect(existsSync(record)).toBe(false);
  });

  it("lets it go on after a failure, and passes the failure on", async () => {
    const { events, request } = prepare();
    const failing = withConsistency(request, () => Promise.reject(new Error("the dump failed")));
    await expect(failing).rejects.toThrow("the dump failed");
    expect(events).toEqual(["begin", "end token-1"]);
  });

  it("lets it go on although the run was told to end", async () => {
    const { events, controller, request } = prepare();
    const ended = withConsistency(request, async () => {
      controller.abort(new Error("ended by SIGTERM"));
      controller.signal.throwIfAborted();
    });
    await expect(ended).rejects.toThrow("ended by SIGTERM");
    expect(events).toEqual(["begin", "end token-1"]);
  });

  it("takes back what was begun by half", async () => {
    const { events, request, record } = prepare({ begin: new Error("it never came to rest") });
    await expect(withConsistency(request, async () => 1)).rejects.toThrow("it never came to rest");
    expect(events).toEqual(["begin", "end token-1"]);
    expect(existsSync(record)).toBe(false);
  });

  it("says what to do by hand where it cannot be let go on, and leaves the record for the next run", async () => {
    const { request, record } = prepare({ end: new Error("no answer") });
    const failing = withConsistency(request, async () => 1);
    await expect(failing).rejects.toMatchObject({
      code: "consistency-failed",
      message: "wiki is still in maintenance mode: no answer",
      hint: "end it by hand: unlock token-1",
    });
    expect(readFileSync(record, "utf8")).toBe("token-1\n");
  });

  it("does nothing around an application that has no such state", async () => {
    const { events, request } = prepare();
    expect(await withConsistency({ ...request, consistency: undefined }, async () => 7)).toBe(7);
    expect(events).toEqual([]);
  });
});

describe("endInterruptedConsistency", () => {
  function killed() {
    const prepared = prepare();
    mkdirSync(dirname(prepared.record));
    writeFileSync(prepared.record, "token-1\n");
    return prepared;
  }

  it("ends what a killed run has left", async () => {
    const { events, request, record } = killed();
    await endInterruptedConsistency(request);
    expect(events).toEqual(["end token-1"]);
    expect(existsSync(record)).toBe(false);
  });

  it("refuses to go on where nobody knows any more how to end it", async () => {
    const { request, record } = killed();
    const failing = endInterruptedConsistency({ ...request, consistency: undefined });
    await expect(failing).rejects.toBeInstanceOf(OperationError);
    await expect(failing).rejects.toMatchObject({ hint: expect.stringContaining(`rm ${record}`) });
  });

  it("does nothing after a run that came to its end", async () => {
    const { events, request } = prepare();
    await endInterruptedConsistency(request);
    expect(events).toEqual([]);
  });
});
