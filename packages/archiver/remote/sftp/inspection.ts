import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { errorMessage } from "@catapullt/core/errors";
import type { Client, Stats } from "ssh2";
import type { Inspection, Power, ProbeOutcome } from "../inspection.ts";
import { probeName } from "../probe-name.ts";
import { connectSftp, type SftpConnection } from "./connect.ts";
import { createSftpRemote } from "./remote.ts";
import { statusCode } from "./session.ts";
import type { SftpSettings } from "./settings.ts";

/** How long an answer to a request that is mostly refused is waited for. */
const patience = 5_000;

/** A host behind SFTP: what its user may do is tried, and undone at once. */
export async function openSftpInspection(settings: SftpSettings, signal: AbortSignal): Promise<Inspection> {
  const connection = await connectSftp(settings, signal);
  const remote = createSftpRemote(connection, settings);
  const root = settings.path.replace(/\/+$/, "");
  const stateOf = (path: string) => connection.session.request<Stats>((answer) => connection.sftp.stat(path, answer));
  return {
    remote,
    probe: (application) =>
      probe([root, application, probeName()].filter((part) => part !== undefined).join("/"), connection),
    isSticky: async (application) => ((await stateOf(`${root}/${application}`)).mode & 0o1000) !== 0,
    powers: () => findPowers(connection, settings),
    close: () => remote.close(),
  };
}

async function probe(path: string, { sftp, session }: SftpConnection): Promise<ProbeOutcome> {
  const done = (send: (answer: (error?: Error | null) => void) => void) =>
    session.request<unknown>((answer) => send((error) => answer(error, null)));
  let handle: Buffer;
  try {
    handle = await session.request<Buffer>((answer) => sftp.open(path, "wx", { mode: 0o600 }, answer));
  } catch (error) {
    if (statusCode(error) === undefined) throw error;
    return { kind: "refused", reason: errorMessage(error).toLowerCase() };
  }
  try {
    const { mtime } = await session.request<Stats>((answer) => sftp.fstat(handle, answer));
    await done((answer) => sftp.close(handle, answer));
    await done((answer) => sftp.unlink(path, answer));
    return { kind: "made", at: mtime + 0.5 }; // known to the second: taken for its middle
  } catch (error) {
    if (statusCode(error) === undefined) throw error;
    return { kind: "left", path };
  }
}

async function findPowers(connection: SftpConnection, { user, path }: SftpSettings): Promise<Power[]> {
  const { sftp, session, client } = connection;
  const match = `in a block \`Match User ${user}\` of sshd_config there`;
  const powers: Power[] = [];
  if (user === "root")
    powers.push({ message: "logs in as root", fix: "give the archiver a user of its own at the host" });
  if (await runsCommands(client))
    powers.push({ message: "may run commands", fix: `set ForceCommand internal-sftp ${match}` });
  if (await forwards(client))
    powers.push({
      message: "may open connections from there to other machines",
      fix: `set AllowTcpForwarding no ${match}`,
    });
  if (await listens(client))
    powers.push({ message: "may listen at ports there", fix: `set AllowTcpForwarding no ${match}` });
  const seesSystem = await session
    .request<Stats>((answer) => sftp.stat("/etc/passwd", answer))
    .then(
      () => true,
      (error: unknown) => (statusCode(error) === undefined ? Promise.reject(error) : false),
    );
  if (seesSystem)
    powers.push({
      message: "sees the whole file system",
      fix: `set ChrootDirectory ${match}; \`path\` is then seen from there`,
    });
  const home = await session.request<string>((answer) => sftp.realpath(".", answer));
  for (const place of new Set([home, "/tmp"])) {
    if (`${place.replace(/\/$/, "")}/`.startsWith(`${path.replace(/\/$/, "")}/`)) continue;
    const outcome = await probe(`${place.replace(/\/$/, "")}/${probeName()}`, connection);
    if (outcome.kind === "refused") continue;
    const left = outcome.kind === "left" ? `; what was tried could not be removed: ${outcome.path}` : "";
    powers.push({
      message: `may write to ${place}${left}`,
      fix: `set ChrootDirectory to a directory of root's ${match}`,
    });
  }
  return powers;
}

/** Asks for a command that does nothing but say a word that no server could know. */
function runsCommands(client: Client): Promise<boolean> {
  const word = randomBytes(8).toString("hex");
  return within(
    new Promise((resolve) => {
      client.exec(`echo ${word}`, (error, channel) => {
        if (error !== undefined) return resolve(false);
        let output = "";
        channel.on("data", (bytes: Buffer) => {
          if (output.length < 1000) output += bytes.toString("latin1");
        });
        channel.on("error", () => resolve(false));
        channel.on("close", () => resolve(output.includes(word)));
        channel.end();
      });
    }),
  );
}

const administrativelyProhibited = 1;

/** Asks for a connection to a port at which nobody listens: a server that forwards says so, another one forbids it. */
function forwards(client: Client): Promise<boolean> {
  return within(
    new Promise((resolve) => {
      client.forwardOut("127.0.0.1", 0, "127.0.0.1", 1, (error, channel) => {
        if (error === undefined) {
          channel.destroy();
          return resolve(true);
        }
        resolve("reason" in error && error.reason !== administrativelyProhibited);
      });
    }),
  );
}

function listens(client: Client): Promise<boolean> {
  return within(
    new Promise((resolve) => {
      client.forwardIn("127.0.0.1", 0, (error, port) => {
        if (error !== undefined) return resolve(false);
        client.unforwardIn("127.0.0.1", port, () => resolve(true));
      });
    }),
  );
}

/** A server that never answers does not do it. */
async function within(asked: Promise<boolean>): Promise<boolean> {
  const waiting = new AbortController();
  try {
    return await Promise.race([asked, delay(patience, false, { signal: waiting.signal })]);
  } finally {
    waiting.abort();
  }
}
