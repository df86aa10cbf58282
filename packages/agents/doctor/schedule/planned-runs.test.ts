import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { fixtureHost } from "../../test/fixture-host.ts";
import { judgeRuns, type RunFacts } from "./judge.ts";
import { findPlannedRuns } from "./planned-runs.ts";

function hostWith(files: Record<string, string>) {
  const host = fixtureHost();
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(host.root, path)), { recursive: true });
    writeFileSync(join(host.root, path), content);
  }
  return host;
}

const line = "notify -- backup-agent wiki";

test("finds lines of all crontabs, with user and environment, and passes over those of others", async () => {
  const host = hostWith({
    "/etc/crontab": `SHELL=/bin/sh\nPATH="/usr/local/bin:/usr/bin"\n0 1 * * * root backup-agent jira\n0  2 * * 1-5\troot\t${line}\n`,
    "/etc/cron.d/backup": `# ${line}\n@daily backup ${line}\n`,
    "/var/spool/cron/crontabs/paul": `30 3 * * * ${line}\n`,
    "/etc/cron.daily/backup": `#!/bin/sh\nexec ${line}\n`,
    "/etc/cron.daily/other": "#!/bin/sh\n",
  });
  const { runs, unread } = await findPlannedRuns(host, "wiki");
  expect(unread).toEqual([]);
  expect(runs.map(({ source, by, when, user, environment }) => [source, by, when, user, environment.PATH])).toEqual([
    ["/etc/crontab", "cron", "0 2 * * 1-5", "root", "/usr/local/bin:/usr/bin"],
    ["/etc/cron.d/backup", "cron", "@daily", "backup", undefined],
    ["/var/spool/cron/crontabs/paul", "cron", "30 3 * * *", "paul", undefined],
    ["/etc/cron.daily/backup", "script", "daily", "root", undefined],
  ]);
});

test("sees a script of the administrator's through, and a file that cron passes over", async () => {
  const host = hostWith({
    "/opt/nightly.sh": `#!/bin/bash\nset -e\n${line}\n`,
    "/etc/cron.d/nightly.cron": "0 2 * * * root /opt/nightly.sh --all\n",
  });
  const { runs } = await findPlannedRuns(host, "wiki");
  expect(runs).toMatchObject([
    {
      source: "/etc/cron.d/nightly.cron",
      ignored: { fix: "run: mv /etc/cron.d/nightly.cron /etc/cron.d/nightly-cron" },
    },
  ]);
});

test("finds systemd timers, instances of templates too, and says which are not enabled", async () => {
  const host = hostWith({
    "/etc/systemd/system/backup@.timer": "[Timer]\nOnCalendar=*-*-* 02:00\nPersistent=true\n",
    "/etc/systemd/system/backup@.service": "[Service]\nExecStart=/usr/bin/notify -- /usr/bin/backup-agent %i\n",
    "/etc/systemd/system/other.timer": "[Timer]\nOnCalendar=daily\nUnit=nightly.service\n",
    "/etc/systemd/system/nightly.service": `[Service]\nExecStart=/usr/bin/${line}\n`,
  });
  mkdirSync(join(host.root, "/etc/systemd/system/timers.target.wants"));
  symlinkSync("../backup@.timer", join(host.root, "/etc/systemd/system/timers.target.wants/backup@wiki.timer"));
  const { runs } = await findPlannedRuns(host, "wiki");
  expect(runs).toMatchObject([
    { source: "backup@wiki.timer", by: "systemd", when: "*-*-* 02:00", ignored: undefined },
    {
      source: "other.timer",
      ignored: { why: "the timer is not enabled", fix: "run: systemctl enable --now other.timer" },
    },
  ]);
});

const surroundings = {
  application: "wiki",
  now: new Date("2026-11-23T12:00:00Z"),
  timeZone: "Europe/Berlin",
  hasCron: true,
  unread: [],
};
const good: RunFacts = {
  source: "/etc/cron.d/backup",
  by: "cron",
  when: "0 2 * * *",
  user: "root",
  command: line,
  environment: {},
  ignored: undefined,
  missing: [],
  hasUser: true,
  lostVariables: [],
};

test.each([
  ["a good line", [good], {}, "ok", "next at 2026-11-24 01:00 UTC, as root"],
  ["nothing at all", [], {}, "warning", "nothing on this host backs up wiki"],
  ["what may not be seen", [], { unread: ["/var/spool/cron"] }, "warning", "may not look into /var/spool/cron"],
  ["a line without its user", [{ ...good, user: "notify", hasUser: false }], {}, "failure", "there is no user notify"],
  ["a time that does not exist", [{ ...good, when: "0 25 * * *" }], {}, "failure", "does not understand 0 25 * * *"],
  ["programs outside PATH", [{ ...good, missing: ["notify"] }], {}, "failure", "notify would not be found"],
  ["variables of this shell", [{ ...good, lostVariables: ["DB_PASSWORD"] }], {}, "warning", "DB_PASSWORD counts here"],
])("%s is judged", (_, runs, more, state, message) => {
  expect(judgeRuns(runs, { ...surroundings, ...more })).toMatchObject([
    { state, message: expect.stringContaining(message) },
  ]);
});

test("a good line without a cron daemon fails", () => {
  expect(judgeRuns([good], { ...surroundings, hasCron: false }).map(({ state }) => state)).toEqual(["ok", "failure"]);
});
