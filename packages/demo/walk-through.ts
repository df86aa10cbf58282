import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { type SmtpSink, startSmtpSink } from "@catapullt/testkit/smtp-sink";
import { execa } from "execa";
import type { Places, Scenario } from "./scenario.ts";
import { command, heading, indented, line } from "./screen.ts";

export interface DemoPlaces extends Places {
  /** Where all of it lies. */
  root: string;
  configuration: string;
  vault: string;
  state: string;
}

/** Makes the directories of a demo below `root`. */
export async function makePlaces(root: string): Promise<DemoPlaces> {
  const places = {
    root,
    applicationHost: join(root, "application-host"),
    workDirectory: join(root, "application-host", "var", "backups", "backup-tools"),
    configuration: join(root, "etc"),
    vault: join(root, "backup-host", "vault"),
    state: join(root, "state"),
  };
  for (const directory of Object.values(places)) await mkdir(directory, { recursive: true, mode: 0o755 });
  return places;
}

/** Runs the main job once and shows each step. Throws where a step does not end as it should. */
export async function walkThrough(scenario: Scenario, places: DemoPlaces): Promise<void> {
  const mailServer = await startSmtpSink();
  try {
    const environment = await configure(scenario, places, mailServer);
    heading("1. The application host backs up, wrapped by notify, as cron would run it");
    await show(["notify", "--", "backup-agent", scenario.application], { environment });

    heading("2. The mail that the administrator gets");
    const mail = mailServer.mails[0];
    if (mail === undefined) throw new Error("no mail arrived");
    indented(`From:    ${mail.from}\nTo:      ${mail.to}\nSubject: ${mail.subject}\n\n${mail.text}`);

    heading("3. The backup host pulls, and removes what it has at the application host");
    await show(["archiver", "pull"], { environment });

    heading("4. Any host with coreutils can check what arrived");
    const archives = join(places.vault, hostName, scenario.application);
    await show(["sha1sum", "-c", ...(await readdir(archives)).filter((name) => name.endsWith(".sha1"))], {
      environment,
      directory: archives,
    });

    heading("5. What the vault holds");
    await show(["archiver", "list"], { environment });

    heading("6. It restores: into servers and a directory of its own, and the application's own questions are asked");
    await show(["backup-agent", "drill", ...(await readdir(archives)).filter((name) => !name.endsWith(".sha1"))], {
      environment,
      directory: archives,
    });

    heading("7. Where everything lies");
    await describePlaces(scenario, places);
  } finally {
    await mailServer.close();
  }
}

const hostName = "app01";

interface ShowOptions {
  environment: Record<string, string>;
  directory?: string;
}

async function show([program = "", ...args]: string[], { environment, directory }: ShowOptions): Promise<void> {
  command([program, ...args].join(" "));
  await execa(program, args, {
    env: environment,
    stdio: ["ignore", "inherit", "inherit"],
    ...(directory === undefined ? {} : { cwd: directory }),
  });
}

async function configure(
  { agentConfiguration, remote }: Scenario,
  { configuration, vault, state }: DemoPlaces,
  mailServer: SmtpSink,
): Promise<Record<string, string>> {
  const files = {
    BACKUP_AGENT_CONFIG: { name: "agent.yaml", text: `stateDir: ${state}\n${agentConfiguration}` },
    NOTIFY_CONFIG: {
      name: "notify.yaml",
      text: `stateDir: ${state}
transports:
  - type: smtp
    host: ${mailServer.host}
    port: ${mailServer.port}
    security: none
    from: backup@example.com
    to: [admin@example.com]
`,
    },
    ARCHIVER_CONFIG: {
      name: "archiver.yaml",
      text: `stateDir: ${state}
vault: ${vault}
hosts:
  ${hostName}:
    address: ${remote.address}
    port: ${remote.port}
    user: ${remote.user}
    identityFile: ${remote.identityFile}
    knownHostsFile: ${remote.knownHostsFile}
    path: ${remote.path}
`,
    },
  };
  const environment: Record<string, string> = {};
  for (const [variable, { name, text }] of Object.entries(files)) {
    const path = join(configuration, name);
    await writeFile(path, text, { mode: 0o640 });
    environment[variable] = path;
  }
  return environment;
}

async function describePlaces({ application }: Scenario, places: DemoPlaces): Promise<void> {
  const vaultFiles = await readdir(join(places.vault, hostName, application));
  const waiting = (await readdir(join(places.workDirectory, application))).filter((name) => !name.startsWith("."));
  line(`Everything lies below ${places.root}:`);
  indented(
    [
      `etc/                          the three configuration files`,
      `${relative(places.root, places.applicationHost)}/             the application, and the agent's work directory (${waiting.length === 0 ? "empty again" : waiting.join(", ")})`,
      ...vaultFiles.sort().map((name) => relative(places.root, join(places.vault, hostName, application, name))),
    ].join("\n"),
  );
  const archive = vaultFiles.find((name) => !name.endsWith(".sha1")) ?? "";
  line("\nLook into the archive with stock tools, and at how to restore it:");
  indented(`cd ${join(places.vault, hostName, application)}\ntar -tvf ${archive}\ntar -xOf ${archive} RESTORE.md`);
  line(`\nRemove it all: rm -r ${places.root}`);
}
