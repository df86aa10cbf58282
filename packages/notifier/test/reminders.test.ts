import { describe, expect, it } from "vitest";
import { dispatch } from "../dispatch/dispatch.ts";
import type { Message } from "../message/message.ts";
import { createRecord } from "../state/job-record.ts";
import { readRecord, updateRecord } from "../state/job-store.ts";
import { type DispatchSetup, dispatchSetup, failure, success, tellRun } from "./dispatch-support.ts";
import { smtpSink, smtpTransport } from "./support.ts";
import { httpStandIn, messages } from "./transport-fixtures.ts";

const hour = 3_600_000;

/** As if all that was told had been told this much earlier. */
async function passTime(setup: DispatchSetup, milliseconds: number): Promise<void> {
  await updateRecord(
    "wiki2",
    (record) => {
      const told = Object.entries(record.told).map(([identity, entry]) => {
        return [identity, { ...entry, at: new Date(entry.at.getTime() - milliseconds) }] as const;
      });
      return { ...record, told: Object.fromEntries(told) };
    },
    setup,
  );
}

describe("with `remind`", () => {
  it("a job that goes on failing is told at once and in reminders, and its recovery always", async () => {
    const [quiet, chatty] = [await smtpSink(), await smtpSink()];
    const setup = dispatchSetup({ transports: [smtpTransport(quiet, { remind: "24h" }), smtpTransport(chatty)] });
    for (let run = 0; run < 4; run += 1) await tellRun(setup, failure);
    expect([quiet.mails.length, chatty.mails.length]).toEqual([1, 4]);
    await passTime(setup, 24 * hour);
    await tellRun(setup, failure);
    expect(quiet.mails).toHaveLength(2);
    expect(quiet.mails[1]?.subject).toContain("5 failures in a row");
    expect(quiet.mails[1]?.text).toContain("This is a reminder: it goes on. You were told last at");
    expect(quiet.mails[1]?.text).toMatch(/3 runs after .* were not told one by one/);
    expect(quiet.mails[1]?.text).toMatch(/Failing +since .* UTC \(\w+day\), 5 runs in a row/);
    await tellRun(setup, failure);
    await tellRun(setup, success);
    expect(quiet.mails).toHaveLength(3);
    expect(quiet.mails[2]?.text).toMatch(/1 run after .* was not told one by one/);
    expect(chatty.mails.at(-1)?.text).not.toContain("one by one");
    await tellRun(setup, failure);
    expect(quiet.mails).toHaveLength(4);
  });

  it("other trouble is told at once, and so is what the next transport has not heard", async () => {
    const sink = await smtpSink();
    const setup = dispatchSetup({ remind: "24h", transports: [smtpTransport(sink)] });
    await tellRun(setup, failure);
    await tellRun(setup, { ...failure, ending: { kind: "exited", exitCode: 2 } });
    await tellRun(setup, { ...failure, ending: { kind: "exited", exitCode: 2 } });
    await tellRun(setup, { state: "warning", report: undefined });
    expect(sink.mails.map(({ subject }) => subject.split(" ")[1])).toEqual(["FAILED", "FAILED", "WARNING"]);
    const added = await smtpSink();
    const setupWithTwo = {
      ...setup,
      config: dispatchSetup({ remind: "24h", transports: [smtpTransport(added)] }).config,
    };
    await tellRun(setupWithTwo, { state: "warning", report: undefined });
    expect(added.mails).toHaveLength(1);
  });

  it("what shows the present state is told every time", async () => {
    const standIn = await httpStandIn();
    const setup = dispatchSetup({
      remind: "24h",
      transports: [
        { type: "healthchecks", url: `${standIn.origin}/ping` },
        { type: "pagerduty", url: `${standIn.origin}/page`, routingKey: "0123456789abcdef" },
      ],
    });
    for (let run = 0; run < 3; run += 1) await tellRun(setup, failure);
    expect(standIn.requests).toHaveLength(6);
  });

  it("two runs that end at the same moment are both counted, and told once", async () => {
    const sink = await smtpSink();
    const setup = dispatchSetup({ remind: "24h", transports: [smtpTransport(sink)] });
    await Promise.all(Array.from({ length: 8 }, () => tellRun(setup, failure)));
    const record = await readRecord(setup.stateDirectory, "wiki2");
    expect(sink.mails).toHaveLength(1);
    expect(record?.streak).toMatchObject({ state: "failure", runs: 8 });
    expect(Object.values(record?.told ?? {})).toMatchObject([{ what: "failure, exit code 1", heldBack: 7 }]);
  });
});

describe("a job that did not run", () => {
  it("is told once a day unless `remind` says otherwise", async () => {
    const [usual, hourly] = [await smtpSink(), await smtpSink()];
    const setup = dispatchSetup({ transports: [smtpTransport(usual), smtpTransport(hourly, { remind: "1h" })] });
    await updateRecord("wiki2", () => createRecord("wiki2"), setup);
    const missed: Message = { ...messages.failure, kind: "missed", run: undefined };
    const tell = () => dispatch({ message: missed, events: ["failure"], job: "wiki2", what: "did not run" }, setup);
    await tell();
    expect(await tell()).toEqual({ sent: [], waiting: [], heldBack: ["smtp", "smtp"], lost: [] });
    await passTime(setup, 2 * hour);
    await tell();
    expect([usual.mails.length, hourly.mails.length]).toEqual([1, 2]);
    await passTime(setup, 24 * hour);
    await tell();
    expect([usual.mails.length, hourly.mails.length]).toEqual([2, 3]);
  });
});

it("sends a summary to those that take summaries, whatever else they want to hear", async () => {
  const sinks = [await smtpSink(), await smtpSink()];
  const standIn = await httpStandIn();
  const setup = dispatchSetup({
    transports: [
      smtpTransport(sinks[0] ?? { port: 0 }, { on: ["failure"] }),
      smtpTransport(sinks[1] ?? { port: 0 }, { digest: false }),
      { type: "healthchecks", url: `${standIn.origin}/quiet` },
      { type: "healthchecks", url: `${standIn.origin}/asked`, digest: true },
    ],
  });
  const message: Message = { ...messages.success, kind: "digest", run: undefined };
  const told = await dispatch({ message, events: [], job: undefined }, setup);
  expect(told.sent).toHaveLength(2);
  expect([sinks.map(({ mails }) => mails.length), standIn.requests.map(({ path }) => path)]).toEqual([
    [1, 0],
    ["/asked"],
  ]);
});
