import { readdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { collectLate, sendRound } from "../spool/round.ts";
import { spoolIn } from "../spool/store.ts";
import {
  deadTransport,
  dispatchSetup,
  failure,
  reconfigure,
  storeWaiting,
  success,
  tellRun,
  waitingFiles,
  webhook,
} from "./dispatch-support.ts";
import { smtpSink, smtpTransport } from "./support.ts";
import { httpStandIn } from "./transport-fixtures.ts";

const day = 24 * 3_600_000;

describe("the spool is bounded", () => {
  it("by a number: old successes go first, and the next message tells of them", async () => {
    const dead = await deadTransport();
    const setup = dispatchSetup({ transports: [dead], spool: { messages: 3 } });
    for (const state of [failure, success, failure, failure, success]) await tellRun(setup, { ...state, job: "x" });
    expect(waitingFiles(setup).map((name) => name.split(".")[1])).toEqual(["failure", "failure", "failure"]);
    expect(setup.logged.join("")).toMatch(
      /there is no more room in the spool: 1 earlier message of .* had to be given up, all of them about successes/,
    );

    const sink = await smtpSink();
    const repaired = reconfigure(setup, { transports: [smtpTransport(sink)] });
    await tellRun(repaired, { ...success, job: "y" });
    await tellRun(repaired, { ...success, job: "y" });
    const told = sink.mails.map(({ text }) => text.includes("2 earlier messages from"));
    expect(told).toEqual([true, false, false, false, false]);
  });

  it("by their size", async () => {
    const setup = dispatchSetup({ transports: [await deadTransport()], spool: { size: "12kB" } });
    for (let count = 0; count < 6; count += 1) await tellRun(setup, failure);
    const sizes = waitingFiles(setup).map((name) => statSync(join(spoolIn(setup.stateDirectory), name)).size);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(12_000);
    expect(sizes.length).toBeGreaterThan(0);
    expect(sizes.length).toBeLessThan(6);
  });

  it("by their age, once they were tried often enough, and not by a clock alone", async () => {
    const setup = dispatchSetup({ transports: [await deadTransport()], spool: { keep: "14d" } });
    const old = { queuedAt: new Date(Date.now() - 15 * day) };
    const lastFailure = { at: new Date(), problem: "no", isTransient: true };
    const older = { queuedAt: new Date(old.queuedAt.getTime() - 1) };
    await storeWaiting(setup, { ...older, tries: 2, lastFailure });
    await storeWaiting(setup, old);
    await storeWaiting(setup, { queuedAt: new Date(Date.now() - 13 * day) });
    await tellRun(setup, { ...failure, job: "own" });
    expect(waitingFiles(setup)).toHaveLength(2);
    expect(setup.logged.join("")).toContain("a message has waited for longer than `spool.keep`");

    const fresh = dispatchSetup({ transports: [await deadTransport()], spool: { keep: "14d" } });
    await storeWaiting(fresh, old);
    await tellRun(fresh, { ...failure, job: "own" });
    expect(waitingFiles(fresh)).toHaveLength(2);
  });

  it("in the time that it may take from a run", async () => {
    const standIn = await httpStandIn();
    const setup = dispatchSetup({ transports: [webhook(standIn.origin)] });
    await storeWaiting(setup);
    const late = await collectLate(setup);
    const options = { context: setup, own: [], signal: new AbortController().signal, isThorough: false };
    const attempts = await sendRound({ ...options, late, lateSignal: AbortSignal.abort() });
    expect(attempts).toMatchObject([{ result: "waiting", delivery: undefined }]);
    expect([standIn.requests.length, waitingFiles(setup).length]).toEqual([0, 1]);
  });
});

describe("state that cannot be used", () => {
  it("is set aside with a warning where it is damaged, and nothing else waits for it", async () => {
    const sink = await smtpSink();
    const setup = dispatchSetup({ transports: [smtpTransport(sink)] });
    await storeWaiting(setup);
    const directory = spoolIn(setup.stateDirectory);
    const damaged = "20261123T020305678Z.failure.a.smtp-1.json";
    writeFileSync(join(directory, damaged), "{");
    writeFileSync(join(directory, "given-up.json"), "[");
    await tellRun(setup, { ...success, job: "own" });
    expect(sink.mails).toHaveLength(2);
    expect(readdirSync(directory)).toContain(`${damaged}.unusable`);
    expect(setup.logged.join("")).toContain(
      `cannot be understood, and was set aside: ${join(directory, damaged)}.unusable`,
    );
  });

  it("costs no message where there can be none, and says what is lost and what to do", async () => {
    const sink = await smtpSink();
    const remind = { remind: "24h" };
    const setup = dispatchSetup({ transports: [smtpTransport(sink, remind), await deadTransport(remind)] });
    writeFileSync(dirname(setup.stateDirectory).concat("/state"), "a file, and no directory");
    const told = await tellRun(setup, failure);
    expect(told).toEqual({
      sent: [`smtp 127.0.0.1:${sink.port}`],
      waiting: [],
      heldBack: [],
      lost: [expect.any(String)],
    });
    const log = setup.logged.join("");
    expect(log).toContain("the job's state cannot be kept in");
    expect(log).toContain("messages cannot be kept in");
    expect(log).toContain("it could not be kept either, so it is lost");
    expect(log).toContain("set `stateDir`");
  });
});
