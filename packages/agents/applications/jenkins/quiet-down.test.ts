import { silentLogger } from "@catapullt/core/log/logger";
import { type JenkinsServerOptions, jenkinsAdministrator, startJenkinsServer } from "@catapullt/testkit/jenkins-server";
import { describe, expect, it, onTestFinished } from "vitest";
import { applicationSettings, fixtureHost } from "../../test/fixture-host.ts";
import { quietDown } from "./quiet-down.ts";

async function prepare(options: JenkinsServerOptions & { maintenance?: object } = {}) {
  const server = await startJenkinsServer(options);
  onTestFinished(() => server.close());
  const maintenance = { url: `${server.origin}/`, ...jenkinsAdministrator, ...options.maintenance };
  const request = { name: "ci", settings: applicationSettings({ maintenance }), host: fixtureHost() };
  const { consistency } = await quietDown(request, { usualUrl: server.origin, isRunning: true });
  const records: string[] = [];
  const context = { environment: {}, log: silentLogger(), signal: new AbortController().signal };
  const record = async (token: string) => void records.push(token);
  return {
    server,
    records,
    begin: async () => await consistency?.begin({ ...context, record }),
    end: async () => await consistency?.end(records.at(-1) ?? "", context),
    byHand: () => consistency?.byHand(records.at(-1) ?? ""),
  };
}

const look = "GET /api/json?tree=quietingDown";
const count = "GET /computer/api/json?tree=busyExecutors";
const quiet = "POST /quietDown";
const goOn = "POST /cancelQuietDown";

describe("a Jenkins with an administrator's token", () => {
  it("is quieted, waits for its builds, and goes on afterwards", async () => {
    const { server, records, begin, end, byHand } = await prepare({ builds: [2, 0] });
    await begin();
    expect(server.steps()).toEqual([look, quiet, look, count, count]);
    expect([server.isQuiet(), records]).toEqual([true, ["asked"]]);
    expect(byHand()).toBe(`curl --user backup --request POST ${server.origin}/cancelQuietDown`);
    await end();
    expect(server.steps().slice(5)).toEqual([goOn, look]);
    expect(server.isQuiet()).toBe(false);
  });

  it("stays quiet where somebody else has quieted it", async () => {
    const { server, records, begin } = await prepare({ isQuiet: true });
    await begin();
    expect([server.steps(), records]).toEqual([[look, count], []]);
  });

  it("is written down before it is asked, so that a kill in between is made good", async () => {
    const seen: string[][] = [];
    const prepared = await prepare({
      fault: ({ path }) => {
        if (path === "/quietDown") seen.push([...prepared.records]);
        return undefined;
      },
    });
    await prepared.begin();
    expect(seen).toEqual([["asked"]]);
  });

  it("is not backed up while builds go on for longer than it may take", async () => {
    const { begin, end, server } = await prepare({ builds: [1], maintenance: { timeout: "1s" } });
    await expect(begin()).rejects.toMatchObject({
      code: "consistency-failed",
      message: "Jenkins did not come to rest in time: 1 build still running",
      hint: expect.stringContaining("applications.ci.maintenance.timeout"),
    });
    await end();
    expect(server.isQuiet()).toBe(false);
  });

  it.each([
    [{ status: 401, body: "" }, "refuses the user backup or the token", "API token"],
    [{ status: 403, body: "No valid crumb was included in the request" }, "only an API token", "Security settings"],
    [{ status: 403, body: "lacks Overall/Administer" }, "the user backup may not do this", "Overall/Administer"],
    [{ status: 302, headers: { location: "https://ci/login" } }, "answers 302 to POST", "it leads to https://ci/login"],
  ])("that answers %j is told why, and is not let go on where nothing was done", async (answer, message, hint) => {
    const { server, begin, records } = await prepare({
      fault: ({ path }) => (path === "/quietDown" ? answer : undefined),
    });
    await expect(begin()).rejects.toMatchObject({
      code: "consistency-failed",
      message: expect.stringContaining(message),
      hint: expect.stringContaining(hint),
    });
    expect([server.isQuiet(), records.at(-1)]).toEqual([false, answer.status === 302 ? "asked" : "refused"]);
  });

  it("has gone on already where it was restarted meanwhile, whatever it answers", async () => {
    const { end } = await prepare({ fault: ({ path }) => (path === "/cancelQuietDown" ? { status: 503 } : undefined) });
    await expect(end()).resolves.toBeUndefined();
  });
});

it("a Jenkins that does not answer, or is no Jenkins, is told with its address", async () => {
  const { begin } = await prepare({ maintenance: { url: "http://127.0.0.1:9" } });
  await expect(begin()).rejects.toMatchObject({
    message: expect.stringContaining("Jenkins at http://127.0.0.1:9 does not answer"),
  });
  const foreign = await prepare({ fault: () => ({ status: 200, body: "{}" }) });
  await expect(foreign.begin()).rejects.toMatchObject({
    hint: expect.stringContaining("applications.ci.maintenance.url"),
  });
});

it("without a token a running Jenkins is warned of once, and one with half an account is refused", async () => {
  const options = { usualUrl: "http://localhost:8080", isRunning: true };
  const request = (keys: object) => ({ name: "ci", settings: applicationSettings(keys), host: fixtureHost() });
  const { consistency, warnings } = await quietDown(request({}), options);
  expect([consistency, warnings]).toEqual([undefined, [expect.stringContaining("applications.ci.maintenance")]]);
  expect((await quietDown(request({}), { ...options, isRunning: false })).warnings).toEqual([]);
  expect((await quietDown(request({ maintenance: { enabled: false } }), options)).warnings).toEqual([]);
  await expect(quietDown(request({ maintenance: { user: "backup" } }), options)).rejects.toMatchObject({
    code: "config-invalid",
    message: "applications.ci.maintenance.password is missing",
  });
});
