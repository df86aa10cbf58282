import { writeFiles } from "@catapullt/testkit/write-files";
import { describe, expect, it } from "vitest";
import { applicationSettings, fixtureHost } from "../../test/fixture-host.ts";
import { jenkins } from "./jenkins.ts";

function hostWith(files: Record<string, string>, environment: NodeJS.ProcessEnv = {}) {
  const host = fixtureHost(environment);
  writeFiles(host.root, files);
  return host;
}

const locate = (host: ReturnType<typeof fixtureHost>, keys: object = {}) =>
  jenkins.locate({ name: "jenkins", settings: applicationSettings({ keys: "included", ...keys }), host });

const config = (content = "<version>2.440.1</version>") =>
  `<?xml version='1.1' encoding='UTF-8'?>\n<hudson>${content}</hudson>`;

describe("the home of jenkins", () => {
  it("is that of the configuration, whatever else points elsewhere", async () => {
    const host = hostWith(
      { "/srv/ci/config.xml": config(), "/var/lib/jenkins/config.xml": config() },
      { JENKINS_HOME: "/var/lib/jenkins" },
    );
    expect((await locate(host, { home: "/srv/ci" })).home).toBe("/srv/ci");
    expect((await locate(host)).evidence[0]?.source).toBe("JENKINS_HOME in the agent's environment");
  });

  it("is that of the running process before that of a file", async () => {
    const host = hostWith({
      "/proc/9/cmdline": "java\0-DJENKINS_HOME=/srv/ci\0-jar\0/opt/jenkins.war\0",
      "/etc/sysconfig/jenkins": 'JENKINS_HOME="/var/lib/jenkins"\n',
      "/srv/ci/config.xml": config(),
      "/var/lib/jenkins/config.xml": config(),
    });
    expect((await locate(host)).home).toBe("/srv/ci");
  });

  it("is not that of an agent, and what is named wrongly is not replaced by a guess", async () => {
    const host = hostWith({
      "/etc/default/jenkins": "JENKINS_HOME=/srv/ci\n",
      "/srv/ci/remoting/jarCache/1": "",
      "/var/lib/jenkins/config.xml": config(),
    });
    await expect(locate(host)).rejects.toMatchObject({
      code: "application-not-found",
      message: expect.stringMatching(/\/srv\/ci \(JENKINS_HOME in \/etc\/default\/jenkins\): has no config\.xml$/),
      hint: expect.stringContaining("applications.jenkins.home"),
    });
  });

  it("has a configuration that can be read, and build records that are there", async () => {
    await expect(locate(hostWith({ "/var/lib/jenkins/config.xml": "<hudson><version>" }))).rejects.toMatchObject({
      code: "application-unreadable",
      message: expect.stringContaining("/var/lib/jenkins/config.xml is not well-formed XML"),
    });
    const moved = hostWith({ "/var/lib/jenkins/config.xml": config("<buildsDir>/data/$ITEM_FULL_NAME</buildsDir>") });
    await expect(locate(moved)).rejects.toMatchObject({
      code: "application-not-found",
      message: "/data is no directory (buildsDir in /var/lib/jenkins/config.xml)",
    });
  });
});

it("the version of jenkins comes from config.xml where nothing else tells it, and is missed with every place", async () => {
  const located = await locate(hostWith({ "/var/lib/jenkins/config.xml": config() }));
  expect((await located.captureVersion()).value).toBe("2.440.1");
  const silent = await locate(hostWith({ "/var/lib/jenkins/config.xml": config("") }));
  await expect(silent.captureVersion()).rejects.toMatchObject({
    code: "version-unreadable",
    message: expect.stringContaining("- version in /var/lib/jenkins/config.xml"),
  });
});
