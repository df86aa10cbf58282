import { join } from "node:path";
import { buildConfluence, confluenceDatabaseProperties } from "@catapullt/testkit/confluence";
import { confluenceDatabaseSql } from "@catapullt/testkit/confluence-database";
import { startMariadb } from "@catapullt/testkit/mariadb";
import { startSshServer } from "@catapullt/testkit/sshd";
import { ensureSystemPrograms } from "@catapullt/testkit/system-packages";
import type { Places, Scenario } from "./scenario.ts";

const password = "p#a\"s's w\\ord;$ ";

/** A Confluence on a MariaDB server of its own, and OpenSSH's server: Debian's packages bring both. */
export async function setUpReal({ applicationHost, workDirectory }: Places): Promise<Scenario> {
  await ensureSystemPrograms(["mariadbd", "mariadb-dump", "sshd"]);
  const database = await startMariadb({ tcp: true });
  await database.execute("CREATE DATABASE confluence CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");
  await database.execute(confluenceDatabaseSql({ pages: 5_000, attachments: 200 }), "confluence");
  await database.createUser("confluence", password, ["ALL PRIVILEGES ON confluence.*", "SELECT ON mysql.proc"]);

  const home = join(applicationHost, "var", "atlassian", "application-data", "confluence");
  const install = join(applicationHost, "opt", "atlassian", "confluence");
  buildConfluence({
    home,
    install,
    attachments: 200,
    attachmentBytes: 100_000,
    properties: confluenceDatabaseProperties({
      url: `jdbc:mysql://127.0.0.1:${database.port}/confluence?useUnicode=true&characterEncoding=utf8`,
      user: "confluence",
      password,
    }),
  });
  const server = await startSshServer();
  return {
    application: "confluence",
    description: [
      `a Confluence in ${home}: 400 attachments of 100 kB`,
      `its database on a throwaway MariaDB server, port ${database.port} of 127.0.0.1`,
      `OpenSSH's server on port ${server.port} of 127.0.0.1, and a mail server inside this process`,
    ],
    agentConfiguration: `workDir: ${workDirectory}
applications:
  confluence:
    home: ${home}
    install: ${install}
`,
    remote: {
      address: server.address,
      port: server.port,
      user: server.user,
      identityFile: server.identityFile,
      knownHostsFile: server.knownHostsFile,
      path: workDirectory,
    },
    async stop() {
      await server.stop();
      await database.stop();
    },
  };
}
