import { chmodSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { hasErrorCode } from "@catapullt/core/errors";
import { type Guard, startGuardedServer } from "@catapullt/core/process/guard";
import { execa } from "execa";
import type { ParsedMail } from "mailparser";
import { makeCertificates } from "./certificates.ts";
import { freePort } from "./free-port.ts";
import { acceptsConnections } from "./listening.ts";
import { type Maildir, mailboxLimit, mainFile, masterFile, type PostfixSettings } from "./postfix-files.ts";
import { readMail } from "./read-mail.ts";
import { systemProgram } from "./system-packages.ts";
import { createTemporaryDirectory } from "./temporary-directory.ts";

export interface PostfixOptions<Listener extends string> {
  /** SMTP servers on ports of their own, each with settings of its own (postconf(5)) besides the common ones. */
  listeners: Record<Listener, PostfixSettings>;
  /** Settings for all of them. */
  settings?: PostfixSettings | undefined;
}

export interface DeliveredMail extends ParsedMail {
  /** The mail as it lies in the mailbox. */
  raw: string;
}

export interface ThrowawayPostfix<Listener extends string> {
  host: "127.0.0.1";
  ports: Record<Listener, number>;
  /** Who may log in. */
  account: { user: string; password: string };
  /** PEM file of the authority behind the certificate for 127.0.0.1. */
  authorityFile: string;
  /** A program that is this mail system's `sendmail`. */
  sendmail: string;
  /** What a mailbox holds now. */
  mails(mailbox: Maildir): Promise<DeliveredMail[]>;
  /** Waits until a mailbox holds a mail such as this. */
  waitForMail(mailbox: Maildir, matches: (mail: DeliveredMail) => boolean): Promise<DeliveredMail>;
  /** What the server has logged. */
  log(): string;
  /** Ends the server and removes its files. Idempotent. */
  stop(): Promise<void>;
}

const programs = "/usr/lib/postfix/sbin";
const waitLimit = 20_000;
const account = { user: "backup", password: "p0stfix-password" };

/**
 * Starts Postfix on free ports of 127.0.0.1 with a configuration, queue and mailboxes of its own: mail for `mailboxes` is
 * delivered, nothing is relayed. It ends with `stop()` or with this process, however that ends. Needs root, as Postfix does.
 */
export async function startPostfix<Listener extends string>({
  listeners,
  settings = {},
}: PostfixOptions<Listener>): Promise<ThrowawayPostfix<Listener>> {
  if (process.getuid?.() !== 0) throw new Error("Postfix starts as root only; run the tests as root, in a container");
  const directory = createTemporaryDirectory("postfix").path;
  const path = (name: string) => join(directory, name);
  chmodSync(directory, 0o711); // its processes run as users of their own
  const { authorityFile, certificate, key } = await makeCertificates(directory);
  writeFileSync(path("chain.pem"), key + certificate, { mode: 0o600 });
  await makeAccount(directory);
  await makeDirectory(path("data"), "postfix");
  await makeDirectory(path("mail"), "nobody");
  writeFileSync(path("mail/full"), "");
  truncateSync(path("mail/full"), mailboxLimit);
  await execa("chown", ["nobody", path("mail/full")]);
  mkdirSync(path("queue"));

  const ports = {} as Record<Listener, number>;
  for (const name of Object.keys(listeners) as Listener[]) ports[name] = await freePort(Object.values(ports));
  writeFileSync(path("main.cf"), mainFile(directory, settings));
  const servers = Object.entries<PostfixSettings>(listeners).map(([name, own]) => ({
    port: ports[name as Listener],
    settings: own,
  }));
  writeFileSync(path("master.cf"), masterFile(servers));
  writeFileSync(path("sendmail"), `#!/bin/sh\nexec /usr/sbin/sendmail -C ${directory} "$@"\n`, { mode: 0o755 });
  await execa(systemProgram("postfix"), ["-c", directory, "check"]);

  const log = () => readFileSync(path("mail.log"), "utf8");
  const mails = (mailbox: Maildir) => {
    const arrived = path(join("mail", mailbox, "new"));
    return Promise.all(listFiles(arrived).map((file) => readDelivered(join(arrived, file))));
  };
  const master = startGuardedServer({
    command: [join(programs, "master"), "-c", directory],
    log: path("master.log"),
    directory,
    endSignal: "QUIT",
  });
  try {
    for (const port of Object.values<number>(ports))
      await waitUntil(
        () => acceptsConnections(port),
        () => readFileSync(path("master.log"), "utf8"),
      );
  } catch (error) {
    await master.end();
    throw error;
  }
  return {
    host: "127.0.0.1",
    ports,
    account,
    authorityFile,
    sendmail: path("sendmail"),
    log,
    mails,
    async waitForMail(mailbox, matches) {
      let found: DeliveredMail | undefined;
      await waitUntil(async () => {
        found = (await mails(mailbox)).find(matches);
        return found !== undefined;
      }, log);
      if (found === undefined) throw new Error("a mail that was waited for is there");
      return found;
    },
    stop: master.end,
  };
}

/** Starts Debian's greylisting service on a free port of 127.0.0.1; a mail is taken after this many seconds. */
export async function startPostgrey({ seconds }: { seconds: number }): Promise<{ port: number; stop: Guard["end"] }> {
  const directory = createTemporaryDirectory("postgrey").path;
  const log = join(directory, "log");
  const data = join(directory, "data");
  chmodSync(directory, 0o711);
  await makeDirectory(data, "postgrey");
  const port = await freePort();
  const { end: stop } = startGuardedServer({
    command: [systemProgram("postgrey"), `--inet=127.0.0.1:${port}`, `--dbdir=${data}`, `--delay=${seconds}`],
    log,
    directory,
  });
  try {
    await waitUntil(
      () => acceptsConnections(port),
      () => readFileSync(log, "utf8"),
    );
  } catch (error) {
    await stop();
    throw error;
  }
  return { port, stop };
}

async function makeDirectory(path: string, owner: string): Promise<void> {
  mkdirSync(path);
  await execa("chown", [owner, path]);
}

// Cyrus SASL with a database of its own.
async function makeAccount(directory: string): Promise<void> {
  const place = join(directory, "sasl");
  mkdirSync(place);
  const database = join(place, "accounts");
  const lines = [
    "pwcheck_method: auxprop",
    "auxprop_plugin: sasldb",
    "mech_list: PLAIN LOGIN",
    `sasldb_path: ${database}`,
  ];
  writeFileSync(join(place, "smtpd.conf"), `${lines.join("\n")}\n`);
  await execa(systemProgram("saslpasswd2"), ["-p", "-c", "-f", database, "-u", "mail.example.com", account.user], {
    input: account.password,
  });
  await execa("chown", ["postfix", database]);
}

function listFiles(directory: string): string[] {
  try {
    return readdirSync(directory).sort();
  } catch (error) {
    if (hasErrorCode(error, "ENOENT")) return [];
    throw error;
  }
}

async function readDelivered(file: string): Promise<DeliveredMail> {
  const content = readFileSync(file);
  return { ...(await readMail(content)), raw: content.toString("latin1") };
}

async function waitUntil(condition: () => Promise<boolean>, explain: () => string): Promise<void> {
  const limit = performance.now() + waitLimit;
  while (!(await condition())) {
    if (performance.now() > limit) throw new Error(`waited too long:\n${explain().slice(-4000)}`);
    await delay(20);
  }
}
