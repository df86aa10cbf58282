import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { identifyProcess } from "@catapullt/core/process/process-identity";
import { freePort } from "@catapullt/testkit/free-port";
import { describe, expect, it } from "vitest";
import { parseEntry } from "../spool/entry.ts";
import { spoolIn, storeEntry } from "../spool/store.ts";
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
import { httpStandIn, messages } from "./transport-fixtures.ts";

const jobsOf = (bodies: readonly { body: string }[]) =>
  bodies.map(({ body }) => (JSON.parse(body) as { job: string }).job);

describe("what cannot be sent", () => {
  it("waits, and goes out with the next run of any job, older first, with its own time", async () => {
    const setup = dispatchSetup({ transports: [await deadTransport()] });
    const first = await tellRun(setup, { ...failure, job: "first", endedAt: new Date("2026-11-20T02:00:00Z") });
    expect(first).toEqual({ sent: [], waiting: [expect.stringMatching(/^smtp /)], heldBack: [], lost: [] });
    expect(setup.logged.join("")).toContain("it is kept, and sent with the next run or by `notify flush`");
    await tellRun(setup, { ...success, job: "second", endedAt: new Date("2026-11-21T02:00:00Z") });
    expect(waitingFiles(setup)).toHaveLength(2);

    const sink = await smtpSink();
    await tellRun(reconfigure(setup, { transports: [smtpTransport(sink)] }), { ...success, job: "third" });
    expect(sink.mails.map(({ subject }) => subject.split(" ")[2])).toEqual(["first", "second", "third"]);
    expect(sink.mails[0]?.headers.get("date")).toEqual(new Date("2026-11-20T02:00:00Z"));
    expect(sink.mails[0]?.text).toMatch(/Sent late: this happened at 2026-11-20 02:00:00 UTC \(Friday\), .* ago\./);
    expect(sink.mails[0]?.html).toContain("Sent late: this happened at");
    expect(sink.mails[2]?.text).not.toContain("Sent late");
    expect(waitingFiles(setup)).toEqual([]);
  });

  it("is read by nobody else, and holds no secret of its transport", async () => {
    const secret = "Sup3r-s3cret-address-of-a-hook";
    const setup = dispatchSetup({ transports: [webhook(`http://127.0.0.1:${await freePort()}/${secret}`)] });
    await tellRun(setup, failure);
    const directory = spoolIn(setup.stateDirectory);
    const [name = ""] = waitingFiles(setup);
    expect([statSync(directory).mode & 0o777, statSync(join(directory, name)).mode & 0o777]).toEqual([0o700, 0o600]);
    const text = readFileSync(join(directory, name), "utf8");
    expect(text).toContain('"job":"wiki2"');
    expect(`${text}${name}`).not.toContain(secret);
  });

  it("keeps its number when it is sent again, so that the same can be told", async () => {
    const standIn = await httpStandIn({ answers: [{ status: 503 }] });
    const setup = dispatchSetup({ transports: [webhook(standIn.origin)] });
    await tellRun(setup, failure);
    await tellRun(setup, { ...success, job: "other" });
    const [first, again] = standIn.requests.map(({ body }) => JSON.parse(body) as { id: string; time: string });
    expect([first?.id, first?.time]).toEqual([again?.id, again?.time]);
  });

  it("waits for as long as the service asked, over runs, but for one try of what is news", async () => {
    const standIn = await httpStandIn({ answer: () => ({ status: 429, headers: { "retry-after": "3600" } }) });
    const setup = dispatchSetup({ transports: [webhook(standIn.origin)] });
    for (const job of ["first", "second", "third"]) await tellRun(setup, { ...failure, job });
    expect(jobsOf(standIn.requests)).toEqual(["first", "second", "third"]);
    expect(waitingFiles(setup)).toHaveLength(3);
  });

  it("does not let news go out within a short pause that the service asked for", async () => {
    const arrivals: number[] = [];
    const standIn = await httpStandIn({
      answer: () => {
        arrivals.push(Date.now());
        return { status: arrivals.length === 1 ? 429 : 200, headers: { "retry-after": "2" } };
      },
    });
    const setup = dispatchSetup({ transports: [webhook(standIn.origin)] });
    await tellRun(setup, { ...failure, job: "first" }); // has 1 s
    const patient = reconfigure(setup, { transports: [webhook(standIn.origin, { timeout: "30s" })] });
    await tellRun(patient, { ...success, job: "second" });
    expect(jobsOf(standIn.requests)).toEqual(["first", "second"]);
    const [refused = 0, news = 0] = arrivals;
    expect(news - refused).toBeGreaterThanOrEqual(1_900);
    expect(waitingFiles(setup)).toHaveLength(1);
  });

  it("waits behind an older one that fails for now", async () => {
    const standIn = await httpStandIn({ answer: ({ body }) => ({ status: body.includes('"job":"a"') ? 503 : 200 }) });
    const setup = dispatchSetup({ transports: [webhook(standIn.origin)] });
    for (const job of ["a", "b"]) await storeWaiting(setup, { message: { ...messages.failure, job } });
    await tellRun(setup, { ...success, job: "own" });
    expect(jobsOf(standIn.requests)).toEqual(["a", "own"]);
    expect(waitingFiles(setup)).toHaveLength(2);
    expect(setup.logged.join("")).toMatch(/2 earlier messages still to be sent through webhook: .*503/);
  });

  it("does not wait for an older one that is refused for good, which is not tried at every run", async () => {
    const standIn = await httpStandIn({ answer: ({ body }) => ({ status: body.includes('"job":"a"') ? 400 : 200 }) });
    const setup = dispatchSetup({ transports: [webhook(standIn.origin)] });
    for (const job of ["a", "b"]) await storeWaiting(setup, { message: { ...messages.failure, job } });
    await tellRun(setup, { ...success, job: "own" });
    await tellRun(setup, { ...success, job: "next" });
    expect(jobsOf(standIn.requests)).toEqual(["a", "b", "own", "next"]);
    expect(waitingFiles(setup)).toHaveLength(1);
  });

  it("does not bother a transport that refuses one after the other", async () => {
    const standIn = await httpStandIn({ answer: () => ({ status: 403 }) });
    const setup = dispatchSetup({ transports: [webhook(standIn.origin)] });
    for (const job of ["a", "b", "c", "d", "e"]) await storeWaiting(setup, { message: { ...messages.failure, job } });
    await tellRun(setup, { ...success, job: "own" });
    expect(jobsOf(standIn.requests)).toEqual(["a", "b", "c", "own"]);
  });

  it("is not sent again to those who have it, where another recipient was refused", async () => {
    const sink = await smtpSink({ fault: { at: "recipient", does: 550, recipient: "gone@example.com" } });
    const setup = dispatchSetup({
      transports: [smtpTransport(sink, { to: ["admin@example.com", "gone@example.com"] })],
    });
    expect(await tellRun(setup, failure)).toMatchObject({ waiting: [] });
    expect([sink.mails.length, waitingFiles(setup)]).toEqual([1, []]);
    expect(setup.logged.join("")).toContain("refused some recipients");
  });

  it("stays where no transport is configured any more", async () => {
    const setup = dispatchSetup({ transports: [await deadTransport()] });
    await tellRun(setup, failure);
    const empty = reconfigure(setup, { transports: [] });
    await tellRun(empty, failure);
    expect(waitingFiles(setup)).toHaveLength(1);
  });

  it("of a state that a newer run has changed is not sent", async () => {
    const port = await freePort();
    const ping = (origin: string) => ({ type: "healthchecks", url: `${origin}/ping/1`, timeout: "1s" });
    const setup = dispatchSetup({ transports: [ping(`http://127.0.0.1:${port}`)] });
    await tellRun(setup, { ...failure, job: "a" });
    await tellRun(setup, { ...success, job: "a" });
    await tellRun(setup, { ...failure, job: "b" });
    const standIn = await httpStandIn();
    await tellRun(reconfigure(setup, { transports: [ping(standIn.origin)] }), { ...success, job: "b" });
    expect(standIn.requests.map(({ path, body }) => [path, body.split(" ")[2]])).toEqual([
      ["/ping/1", "a"],
      ["/ping/1", "b"],
    ]);
    expect(waitingFiles(setup)).toEqual([]);
  });
});

describe("a message that another process has in its hands", () => {
  it("is left to that while it runs, and sent once it is gone", async () => {
    const sink = await smtpSink();
    const setup = dispatchSetup({ transports: [smtpTransport(sink)] });
    const sender = await identifyProcess(process.pid);
    await storeWaiting(setup, { sender });
    await tellRun(setup, { ...success, job: "own" });
    expect(sink.mails).toHaveLength(1);
    const [name = ""] = waitingFiles(setup);
    const entry = parseEntry(readFileSync(join(spoolIn(setup.stateDirectory), name), "utf8"));
    if (entry === undefined) throw new Error("the entry must be readable");
    await storeEntry(setup.stateDirectory, { ...entry, sender: { ...sender, startedAt: "1" } });
    await tellRun(setup, { ...success, job: "next" });
    expect(sink.mails).toHaveLength(3);
  });

  it.each([
    ["left to another host for a while", 60_000, 1],
    ["sent when that has had it for long", 3_600_000, 2],
    ["sent when a clock went back", -3_600_000, 2],
  ])("is %s", async (_, age, mails) => {
    const sink = await smtpSink();
    const setup = dispatchSetup({ transports: [smtpTransport(sink)] });
    const sender = { ...(await identifyProcess(process.pid)), host: "elsewhere" };
    await storeWaiting(setup, { sender, queuedAt: new Date(Date.now() - age) });
    await tellRun(setup, { ...success, job: "own" });
    expect(sink.mails).toHaveLength(mails);
  });

  it("is sent once, however many runs end at the same time", async () => {
    const standIn = await httpStandIn();
    const setup = dispatchSetup({ transports: [webhook(standIn.origin, { timeout: "20s" })] });
    for (let count = 0; count < 20; count += 1) await storeWaiting(setup);
    const runs = Array.from({ length: 5 }, (_, index) => tellRun(setup, { ...success, job: `job${index}` }));
    await Promise.all(runs);
    const ids = standIn.requests.map(({ body }) => (JSON.parse(body) as { id: string }).id);
    expect([ids.length, new Set(ids).size, waitingFiles(setup)]).toEqual([25, 25, []]);
  });
});
