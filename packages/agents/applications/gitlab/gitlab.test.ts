import { silentLogger } from "@catapullt/core/log/logger";
import { writeFiles } from "@catapullt/testkit/write-files";
import { describe, expect, it } from "vitest";
import { applicationSettings, fixtureHost } from "../../test/fixture-host.ts";
import { gitlab } from "./gitlab.ts";

function locate(files: Record<string, string>, keys: object = {}) {
  const host = fixtureHost();
  writeFiles(host.root, files);
  return gitlab.locate({ name: "gitlab", settings: applicationSettings({ keys: "included", ...keys }), host });
}

const minimal = { "/etc/gitlab/gitlab.rb": "", "/var/opt/gitlab/backups/.keep": "" };

describe("a gitlab", () => {
  it("that is not there is told with the place that was looked at", async () => {
    await expect(locate({})).rejects.toMatchObject({
      code: "application-not-found",
      message:
        "gitlab.rb of GitLab was not found; looked at:\n- /etc/gitlab/gitlab.rb (the vendor's default): no such file",
      hint: expect.stringContaining("applications.gitlab.configFile"),
    });
  });

  it.each(["ENV['BACKUPS']", '"#{base}/backups"', '"backups"'])(
    "whose backup path is the program text %s is told so, and can be given one",
    async (value) => {
      const files = {
        ...minimal,
        "/etc/gitlab/gitlab.rb": `gitlab_rails['backup_path'] = ${value}\n`,
        "/mnt/b/.keep": "",
      };
      await expect(locate(files)).rejects.toMatchObject({
        code: "application-unreadable",
        message: "backup_path in /etc/gitlab/gitlab.rb is no plain path",
        hint: expect.stringContaining("applications.gitlab.exports"),
      });
      const { evidence } = await locate(files, { exports: "/mnt/b" });
      expect(evidence).toContainEqual({ what: "own backups", value: "/mnt/b", source: "applications.gitlab.exports" });
    },
  );

  it("whose backup path is not mounted is not backed up to the usual one", async () => {
    const files = { ...minimal, "/etc/gitlab/gitlab.rb": "gitlab_rails['backup_path'] = '/mnt/gone'\n" };
    await expect(locate(files)).rejects.toMatchObject({
      message: expect.stringMatching(/\/mnt\/gone \(backup_path in \/etc\/gitlab\/gitlab\.rb\): no such directory$/),
    });
  });

  it("without its command is warned of, and its backup refused before anything is done", async () => {
    const located = await locate(minimal);
    expect(located.warnings).toEqual(["there is no gitlab-backup below /opt/gitlab that this user can start"]);
    const records: string[] = [];
    const context = { environment: {}, log: silentLogger(), signal: new AbortController().signal };
    const record = async (token: string) => void records.push(token);
    await expect(located.consistency?.begin({ ...context, record })).rejects.toMatchObject({ code: "tool-missing" });
    expect(records).toEqual([]);
    await expect(located.captureVersion()).rejects.toMatchObject({
      code: "version-unreadable",
      message: expect.stringContaining("- /opt/gitlab/version-manifest.txt"),
    });
  });

  it.each([
    ["gitlab_rails['artifacts_object_store_enabled'] = true", /object storage/],
    ["gitlab_rails['object_store']['enabled'] = true", /object storage/],
    ["pgbouncer['enable'] = true", /GITLAB_BACKUP_PGHOST/],
    ["mattermost['enable'] = true", /Mattermost/],
  ])("with %s is warned of", async (line, warning) => {
    const program = { "/opt/gitlab/bin/x": "" };
    const on = await locate({ ...minimal, ...program, "/etc/gitlab/gitlab.rb": `${line}\n` });
    expect(on.warnings.slice(1)).toEqual([expect.stringMatching(warning)]);
    const off = await locate({ ...minimal, ...program, "/etc/gitlab/gitlab.rb": `# ${line}\n` });
    expect(off.warnings.slice(1)).toEqual([]);
  });
});
