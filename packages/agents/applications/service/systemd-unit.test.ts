import { writeFiles } from "@catapullt/testkit/write-files";
import { expect, it } from "vitest";
import { fixtureHost } from "../../test/fixture-host.ts";
import { findServiceUnit, programDirectory, readServiceUnit } from "./systemd-unit.ts";

it("reads environment and program of a service, drop-ins last", async () => {
  const host = fixtureHost();
  writeFiles(host.root, {
    "/lib/systemd/system/confluence.service": `[Unit]
Environment=IGNORED=1
[Service]
# Environment=COMMENT=1
Environment="CONFLUENCE_HOME=/srv/my wiki" 'A=b' C=d=e
EnvironmentFile=-/etc/default/confluence
EnvironmentFile=-/etc/default/missing
User=wiki
WorkingDirectory=-/srv/work
ExecStart=/bin/old
ExecStart=
ExecStart=-/opt/wiki/bin/start-confluence.sh \\
  -fg --home=\${CONFLUENCE_HOME} $OPTIONS '$$x' $NONE
`,
    "/etc/default/confluence": '# settings\nFROM_FILE="x y"\nA=stronger than the unit\nOPTIONS=-a -b\n',
    "/etc/systemd/system/confluence.service.d/20-b.conf": "[Service]\nEnvironment=C=second\n",
    "/etc/systemd/system/confluence.service.d/10-a.conf": "[Service]\nEnvironment=C=first\n",
    "/etc/systemd/system/confluence.service.d/notes.txt": "[Service]\nEnvironment=C=never\n",
  });
  const unit = await readServiceUnit(host, "confluence");
  expect(unit).toEqual({
    path: "/lib/systemd/system/confluence.service",
    environment: new Map([
      ["CONFLUENCE_HOME", "/srv/my wiki"],
      ["A", "stronger than the unit"],
      ["C", "second"],
      ["FROM_FILE", "x y"],
      ["OPTIONS", "-a -b"],
    ]),
    command: ["/opt/wiki/bin/start-confluence.sh", "-fg", "--home=/srv/my wiki", "-a", "-b", "$x"],
    user: "wiki",
    workingDirectory: "/srv/work",
    dropIns: [
      "/etc/systemd/system/confluence.service.d/10-a.conf",
      "/etc/systemd/system/confluence.service.d/20-b.conf",
    ],
    environmentFiles: ["/etc/default/confluence"],
  });
  expect(programDirectory(unit, /start-confluence\.sh$/)).toBe("/opt/wiki");
});

it("prefers the administrator's unit to the package's", async () => {
  const host = fixtureHost();
  writeFiles(host.root, {
    "/lib/systemd/system/gitea.service": "[Service]\nExecStart=/usr/bin/gitea web\n",
    "/etc/systemd/system/gitea.service":
      "[Service]\nExecStart=!!/usr/local/bin/gitea web --config /etc/gitea/app.ini\n",
  });
  const unit = await readServiceUnit(host, "gitea");
  expect(await findServiceUnit(host, ["forgejo", "gitea"])).toEqual(unit);
  expect(unit?.command).toEqual(["/usr/local/bin/gitea", "web", "--config", "/etc/gitea/app.ini"]);
});

it("finds none where there is none", async () => {
  expect(await readServiceUnit(fixtureHost(), "confluence")).toBeUndefined();
});
