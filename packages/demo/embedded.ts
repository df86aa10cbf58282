import { join } from "node:path";
import { startEmbeddedSftpServer } from "@catapullt/testkit/embedded-sftp-server";
import { buildGitea } from "@catapullt/testkit/gitea";
import type { Places, Scenario } from "./scenario.ts";

/** A Gitea on SQLite, and an SSH server inside this process: nothing has to be installed. */
export async function setUpEmbedded({ applicationHost, workDirectory }: Places): Promise<Scenario> {
  const workPath = join(applicationHost, "var", "lib", "gitea");
  const gitea = buildGitea({ workPath, repositories: 20, attachments: 200, attachmentBytes: 100_000 });
  const server = await startEmbeddedSftpServer({ directory: workDirectory });
  return {
    application: "gitea",
    description: [
      `a Gitea ${gitea.version} on SQLite in ${workPath}: 20 repositories, 200 attachments of 100 kB`,
      "an SSH server and a mail server inside this process",
    ],
    agentConfiguration: `workDir: ${workDirectory}
applications:
  gitea:
    configFile: ${gitea.configFile}
    install: ${gitea.program}
`,
    remote: {
      address: server.address,
      port: server.port,
      user: server.user,
      identityFile: server.identityFile,
      knownHostsFile: server.knownHostsFile,
      path: "/",
    },
    stop: () => server.stop(),
  };
}
