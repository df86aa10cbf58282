import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { jenkinsAdministrator, startJenkinsServer } from "@catapullt/testkit/jenkins-server";
import { writeFiles } from "@catapullt/testkit/write-files";
import { expect, onTestFinished, test } from "vitest";
import { holdDrill } from "./drill-host.ts";
import { createRestoreHost } from "./restore-host.ts";

/** A home with two jobs, one in a folder, one plugin and one user. */
function createJenkins(settings: object) {
  const host = createRestoreHost();
  const home = join(host.directory, "jenkins");
  writeFiles(home, {
    "config.xml":
      "<?xml version='1.1' encoding='UTF-8'?>\n<hudson><version>2.426.3</version><securityRealm class=\"hudson.security.HudsonPrivateSecurityRealm\"/></hudson>",
    "credentials.xml": "<credentials/>",
    "jobs/app/config.xml": "<project/>",
    "jobs/app/builds/1/build.xml": "<build/>",
    "jobs/team/config.xml": "<folder/>",
    "jobs/team/jobs/site/config.xml": "<project/>",
    "plugins/git.jpi": "plugin",
    "secrets/master.key": "0123",
    "secrets/hudson.util.Secret": "secret",
    "users/admin_1/config.xml": "<user/>",
  });
  host.configure(`  jenkins: ${JSON.stringify({ home, keys: "included", ...settings })}`);
  return { host, home };
}

test("a backup is made while Jenkins is quiet, and a drill of it finds jobs, plugins and users", async () => {
  const server = await startJenkinsServer({ builds: [1, 0] });
  onTestFinished(() => server.close());
  const { host } = createJenkins({ maintenance: { url: server.origin, ...jenkinsAdministrator } });
  const result = await host.run("-v", "jenkins");
  expect([result.exitCode, result.stderr]).toEqual([0, expect.not.stringMatching(/WARN|ERROR/)]);
  expect(server.steps().filter((step) => step.startsWith("POST"))).toEqual([
    "POST /quietDown",
    "POST /cancelQuietDown",
  ]);
  expect(server.isQuiet()).toBe(false);
  const { user, password } = jenkinsAdministrator;
  for (const secret of [password, Buffer.from(`${user}:${password}`).toString("base64")])
    expect(result.stdout + result.stderr).not.toContain(secret);

  const { exitCode, report } = await holdDrill(host, result.stdout.trim());
  expect([exitCode, report?.findings]).toEqual([0, []]);
  expect(report?.figures).toEqual([
    { what: "jobs and folders", count: 3 },
    { what: "plugins", count: 1 },
    { what: "users", count: 1 },
  ]);
});

test("a Jenkins that is not whole is found out by a drill", async () => {
  const { host, home } = createJenkins({ maintenance: { enabled: false } });
  rmSync(join(home, "jobs/team/jobs/site/config.xml"));
  mkdirSync(join(home, "jobs/gone"));
  rmSync(join(home, "secrets/master.key"));
  rmSync(join(home, "users"), { recursive: true });
  const { exitCode, report } = await holdDrill(host, await host.backUp("jenkins"));
  expect(exitCode).toBe(1);
  expect(report?.findings.map(({ message }) => message)).toEqual([
    "2 of 4 jobs have no config.xml: jobs/gone, jobs/team/jobs/site: were they deleted meanwhile?",
    "config.xml says that Jenkins keeps its users itself, and there is none: nobody can log in",
    "the home lacks secrets/master.key: no credential can be read",
  ]);
});

test("keys in an archive of their own are not missed in the other one", async () => {
  const { host } = createJenkins({ maintenance: { enabled: false }, keys: "separate" });
  const { stdout } = await host.run("jenkins");
  const [main = "", keys = ""] = stdout.trim().split("\n");
  expect(keys).toContain("jenkins-keys_");
  const { exitCode, report } = await holdDrill(host, main);
  expect([exitCode, report?.findings]).toEqual([0, []]);
});
