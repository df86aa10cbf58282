import { createHash } from "node:crypto";
import { constants, createReadStream, type Stats } from "node:fs";
import { access, lstat, rm, stat, statfs } from "node:fs/promises";
import { join } from "node:path";
import { formatSidecar, parseSidecar, sidecarSizeLimit } from "@catapullt/core/archive/sidecar";
import { verifyArchive } from "@catapullt/core/archive/verify";
import { syncDirectory, writeFileAtomically } from "@catapullt/core/atomic-file";
import { hasErrorCode, OperationError } from "@catapullt/core/errors";
import { appendJsonLine } from "@catapullt/core/json-lines";
import { acquireLock, type Lock } from "@catapullt/core/lock";
import type { ArchiveId, Vault, VerifyOptions } from "../vault.ts";
import { readHostContents } from "./contents.ts";
import { openDrillPlace } from "./drill-place.ts";
import { atPath, atPathNow, hintWhenFullUp, vaultError } from "./errors.ts";
import { heldBytes } from "./held-bytes.ts";
import { readJournal } from "./journal.ts";
import { archivePaths, fileMode, listDirectory, makeDirectory, ownDirectory, readSmallFile } from "./layout.ts";
import { listNames, lookAt } from "./look.ts";
import { readContents } from "./manifest.ts";
import { findConflicts, moveHost } from "./move-host.ts";
import { readNote } from "./note.ts";
import { moveToQuarantine } from "./quarantine.ts";
import { openReception } from "./reception.ts";
import { moveSighting, readSighting, writeSighting } from "./sightings.ts";
import { findStrangers } from "./strangers.ts";
import { readVersion } from "./version.ts";

/** The vault as a plain directory: `<root>/<host>/<application>/<archive>` and its sidecar. The root must exist. */
export async function openDirectoryVault(root: string): Promise<Vault> {
  await checkRoot(root);
  const own = join(root, ownDirectory);
  const receiptsFile = join(own, "receipts.jsonl");
  let lastReceipt: Promise<void> = Promise.resolve();

  async function lock(work = "vault"): Promise<Lock> {
    await atPath(root, () => access(root, constants.W_OK));
    try {
      return await acquireLock(own, work);
    } catch (error) {
      if (!(error instanceof OperationError) || error.code !== "state-unusable") throw error;
      if (hasErrorCode(error.cause, "ENOSPC", "EDQUOT")) throw vaultError(error.cause, own, hintWhenFullUp);
      throw new OperationError("vault-unusable", error.message, {
        hint: `make ${own} writable for the user that runs archiver`,
        cause: error,
      });
    }
  }

  return {
    location: root,
    lock,
    hosts: () =>
      atPath(root, async () =>
        (await listDirectory(root))
          .filter(({ name, kind }) => kind === "directory" && !name.startsWith(".") && name !== "lost+found")
          .map(({ name }) => name),
      ),
    stored: (host) =>
      atPath(join(root, host), async () => {
        const { archives } = await readHostContents(root, host);
        const stored = archives
          .filter(({ isFinished }) => isFinished)
          .map(async ({ application, name }) => {
            const { archive, sidecar } = archivePaths(root, { host, application, name });
            const file = await exists(archive); // another run may have removed it meanwhile
            const sha1 = await readSha1(sidecar, name);
            return file === undefined ? [] : [{ host, application, name, bytes: file.size, sha1 }];
          });
        return (await Promise.all(stored)).flat();
      }),
    unfinished: (host) =>
      atPath(join(root, host), async () => {
        const { unfinished } = await readHostContents(root, host);
        return Promise.all(
          unfinished.map(async (id) => {
            const { part, note } = archivePaths(root, id);
            return { ...id, bytes: (await exists(part))?.size ?? 0, source: await readNote(note) };
          }),
        );
      }),
    recover: (host, signal) =>
      atPath(join(root, host), async () => {
        const recovered: ArchiveId[] = [];
        for (const { isFinished, ...id } of (await readHostContents(root, host)).archives) {
          const { archive, sidecar, note } = archivePaths(root, id);
          const source = await readNote(note);
          if (source === undefined) continue;
          if (!isFinished) {
            if ((await hashFile(archive, signal)) !== source.sha1) continue;
            await writeFileAtomically(sidecar, formatSidecar(source.sha1, id.name), { mode: fileMode });
            recovered.push(id);
          }
          await rm(note, { force: true });
        }
        return recovered;
      }),
    heldBytes: (host) => atPath(join(root, host), () => heldBytes(root, host)),
    freeBytes: () =>
      atPath(root, async () => {
        const { bavail, bsize } = await statfs(root);
        return bavail * bsize;
      }),
    receive: (id, source) => {
      const paths = archivePaths(root, id);
      return atPath(paths.directory, async () => {
        await makeDirectory(root, paths.directory);
        if ((await exists(paths.archive)) !== undefined) throw inTheWay(paths.archive);
        const note = (await exists(paths.part)) !== undefined ? await readNote(paths.note) : undefined;
        const resume =
          note?.sha1 === source.sha1 && note.bytes === source.bytes && note.modifiedAt === source.modifiedAt;
        return openReception({ id, paths, source, resume });
      });
    },
    discard: (id) => {
      const { part, note, sidecarPart } = archivePaths(root, id);
      return atPath(part, async () => {
        for (const file of [sidecarPart, note, part]) await rm(file, { force: true });
      });
    },
    hash: (id, signal, pace) => {
      const { archive } = archivePaths(root, id);
      return atPath(archive, () => hashFile(archive, signal, pace));
    },
    unsealed: (host) =>
      atPath(join(root, host), async () => {
        const { archives } = await readHostContents(root, host);
        return Promise.all(
          archives
            .filter(({ isFinished }) => !isFinished)
            .map(async ({ application, name }) => {
              const { size } = await lstat(archivePaths(root, { host, application, name }).archive);
              return { host, application, name, bytes: size };
            }),
        );
      }),
    strangers: (host) => atPath(join(root, host), () => findStrangers(root, host)),
    remove: (id) => {
      const { directory, sidecar, note, archive } = archivePaths(root, id);
      return atPath(archive, async () => {
        // The note goes too: from it and the archive alone, `recover` would make the sidecar anew.
        for (const files of [[sidecar, note], [archive]]) {
          for (const file of files) await rm(file, { force: true });
          await syncDirectory(directory);
        }
      });
    },
    verify: (id, options) => {
      const { archive } = archivePaths(root, id);
      return atPath(archive, () => verifyArchive(archive, options));
    },
    quarantine: (id, report) => atPath(archivePaths(root, id).archive, () => moveToQuarantine(root, id, report)),
    version: (id) => readVersion(archivePaths(root, id).archive),
    contents: (id, signal) => readContents(archivePaths(root, id).archive, signal),
    conflicts: (from, to) => atPath(join(root, from), () => findConflicts(root, from, to)),
    moveHost: (from, to) =>
      atPath(join(root, from), async () => {
        await moveSighting(root, from, to);
        await moveHost(root, from, to);
      }),
    openDrillPlace: async () => openDrillPlace(root, join(own, "drill"), await lock("drill")),
    record(receipt) {
      const previous = lastReceipt;
      const added = (async () => {
        await previous.catch(() => {}); // its own caller learns of it
        await atPath(receiptsFile, () => appendJsonLine(receiptsFile, receipt, fileMode), hintWhenFullUp);
      })();
      lastReceipt = added;
      return added;
    },
    readJournal: (from) => atPathNow(receiptsFile, () => readJournal(receiptsFile, from)),
    listNames: (host, options) => atPathNow(join(root, host), () => listNames(root, host, options)),
    look: (id) => atPathNow(archivePaths(root, id).archive, () => lookAt(root, id)),
    ownDirectory: own,
    noteSighting: (host, sighting) => atPath(own, () => writeSighting(root, host, sighting), hintWhenFullUp),
    sighting: (host) => atPath(own, () => readSighting(root, host)),
  };
}

async function checkRoot(root: string): Promise<void> {
  try {
    if ((await stat(root)).isDirectory()) return;
  } catch (error) {
    if (!hasErrorCode(error, "ENOENT", "ENOTDIR", "ELOOP")) await atPath(root, () => Promise.reject(error));
    throw new OperationError("vault-unusable", `the vault ${root} does not exist`, {
      hint: `it is never made by itself, so that a disk that is not mounted is noticed. Mount it, or for a new vault run: mkdir -m 750 ${root}`,
      cause: error,
    });
  }
  throw new OperationError("vault-unusable", `the vault ${root} is not a directory`, {
    hint: "set `vault` to a directory",
  });
}

async function readSha1(sidecar: string, name: string): Promise<string | undefined> {
  try {
    return parseSidecar((await readSmallFile(sidecar, sidecarSizeLimit)) ?? "", name);
  } catch (error) {
    if (error instanceof OperationError || hasErrorCode(error, "EACCES", "EPERM", "EIO")) return undefined;
    throw error;
  }
}

async function exists(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    if (hasErrorCode(error, "ENOENT")) return undefined;
    throw error;
  }
}

async function hashFile(path: string, signal: AbortSignal, pace?: VerifyOptions["pace"]): Promise<string> {
  const hash = createHash("sha1");
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024, signal }) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    await pace?.(chunk.length);
  }
  return hash.digest("hex");
}

function inTheWay(path: string): OperationError {
  return new OperationError(
    "transfer-mismatch",
    `${path} lies in the vault without a usable sidecar and is in the way`,
    {
      hint: "it was not put there whole by a pull. Move it away, and the next run fetches the archive",
    },
  );
}
