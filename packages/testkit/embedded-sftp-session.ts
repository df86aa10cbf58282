import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readSync,
  type Stats,
  unlinkSync,
} from "node:fs";
import { join, normalize } from "node:path";
import ssh2, { type SFTPWrapper } from "ssh2";
import type { ServedChange, ServedEntry, SftpFaults } from "./embedded-sftp-faults.ts";
import { type OpenWritable, openForWriting, serveChanges } from "./embedded-sftp-writing.ts";

const { STATUS_CODE, OPEN_MODE } = ssh2.utils.sftp;
const entriesPerAnswer = 100;

interface SessionOptions {
  directory: string;
  writable: boolean;
  faults: SftpFaults;
  connection: number;
  drop: () => void;
  onSent: (bytes: number) => void;
}

interface OpenFile {
  path: string;
  descriptor: number;
}

interface OpenDirectory {
  entries: ServedEntry[] | "hang";
}

/** Answers one SFTP session with what lies in a directory: list, look, read, remove, and write if it is `writable`. */
export function serveSftp(sftp: SFTPWrapper, options: SessionOptions): void {
  const { directory, writable, faults, connection, drop, onSent } = options;
  const handles = new Map<number, OpenFile | OpenDirectory>();
  let lastHandle = 0;
  let sent = 0;
  let received = 0;
  let dropped = false;

  const open = (resource: OpenFile | OpenDirectory): Buffer => {
    lastHandle += 1;
    handles.set(lastHandle, resource);
    const handle = Buffer.alloc(4);
    handle.writeUInt32BE(lastHandle);
    return handle;
  };
  const find = (handle: Buffer) => handles.get(handle.length === 4 ? handle.readUInt32BE() : 0);
  const answer = (id: number, action: () => void) => {
    if (dropped) return;
    try {
      action();
    } catch (error) {
      sftp.status(id, statusOf(error));
    }
  };
  const cut = () => {
    dropped = true;
    drop();
  };
  /** Does what a request asks for, unless a fault comes first. */
  const change = (id: number, { operation, path }: Pick<ServedChange, "operation" | "path">, action: () => void) =>
    answer(id, () => {
      const fault = faults.change?.({ operation, path: relative(path), receivedBefore: received, connection });
      if (fault === "hang") return;
      if (fault === "drop") return cut();
      if (fault !== undefined)
        return sftp.status(id, fault === "deny" ? STATUS_CODE.PERMISSION_DENIED : STATUS_CODE.FAILURE);
      action();
    });
  const locate = (path: string) => join(directory, normalize(`/${path}`));
  const relative = (path: string) => normalize(`/${path}`).slice(1);

  sftp.on("REALPATH", (id: number, path: string) =>
    answer(id, () => {
      const filename = normalize(`/${path}`);
      sftp.name(id, [{ filename, longname: filename, attrs: attributes(lstatSync(directory)) }]);
    }),
  );
  const look = (id: number, path: string) => answer(id, () => sftp.attrs(id, attributes(lstatSync(locate(path)))));
  sftp.on("STAT", look);
  sftp.on("LSTAT", look);
  sftp.on("OPENDIR", (id: number, path: string) =>
    answer(id, () => {
      const entries = readdirSync(locate(path)).map((name) => describe(name, lstatSync(join(locate(path), name))));
      sftp.handle(id, open({ entries: faults.entries?.(relative(path), entries) ?? entries }));
    }),
  );
  sftp.on("READDIR", (id: number, handle: Buffer) =>
    answer(id, () => {
      const resource = find(handle);
      if (resource === undefined || !("entries" in resource)) return sftp.status(id, STATUS_CODE.FAILURE);
      if (resource.entries === "hang") return;
      const next = resource.entries.splice(0, entriesPerAnswer);
      if (next.length === 0) return sftp.status(id, STATUS_CODE.EOF);
      sftp.name(
        id,
        next.map(({ name, ...attrs }) => ({
          filename: name,
          longname: name,
          attrs: { ...attrs, uid: 0, gid: 0, atime: attrs.mtime },
        })),
      );
    }),
  );
  sftp.on("OPEN", (id: number, path: string, flags: number) => {
    if (!writable || (flags & OPEN_MODE.WRITE) === 0) {
      answer(id, () =>
        sftp.handle(id, open({ path: relative(path), descriptor: openSync(locate(path), constants.O_RDONLY) })),
      );
      return;
    }
    change(id, { operation: "open", path }, () =>
      sftp.handle(id, open({ path: relative(path), descriptor: openForWriting(locate(path), flags) })),
    );
  });
  if (writable) {
    serveChanges(sftp, {
      locate,
      change,
      find(handle) {
        const resource = find(handle);
        return resource !== undefined && "descriptor" in resource ? (resource satisfies OpenWritable) : undefined;
      },
      onReceived(bytes) {
        received += bytes;
      },
    });
  }
  sftp.on("FSTAT", (id: number, handle: Buffer) =>
    answer(id, () => {
      const resource = find(handle);
      if (resource === undefined || !("descriptor" in resource)) return sftp.status(id, STATUS_CODE.FAILURE);
      sftp.attrs(id, attributes(fstatSync(resource.descriptor)));
    }),
  );
  sftp.on("READ", (id: number, handle: Buffer, offset: number, length: number) =>
    answer(id, () => {
      const resource = find(handle);
      if (resource === undefined || !("descriptor" in resource)) return sftp.status(id, STATUS_CODE.FAILURE);
      const read = { path: resource.path, offset, length, sentBefore: sent, connection };
      const fault = faults.read?.(read);
      if (fault === "hang") return;
      if (fault === "drop") return cut();
      const send = () => {
        const bytes = Buffer.alloc(Math.min(length, fault ?? length, 256 * 1024));
        const count = readSync(resource.descriptor, bytes, 0, bytes.length, offset);
        if (count === 0) return sftp.status(id, STATUS_CODE.EOF);
        sent += count;
        onSent(count);
        const content = bytes.subarray(0, count);
        sftp.data(id, faults.corrupt?.(content, read) ?? content);
      };
      const held = faults.hold?.(read);
      if (held === undefined) send();
      else void held.then(() => answer(id, send));
    }),
  );
  sftp.on("CLOSE", (id: number, handle: Buffer) =>
    answer(id, () => {
      const resource = find(handle);
      if (resource !== undefined && "descriptor" in resource) closeSync(resource.descriptor);
      handles.delete(handle.readUInt32BE());
      sftp.status(id, STATUS_CODE.OK);
    }),
  );
  sftp.on("REMOVE", (id: number, path: string) =>
    change(id, { operation: "remove", path }, () => {
      if (faults.refuseRemoval?.(relative(path))) return sftp.status(id, STATUS_CODE.PERMISSION_DENIED);
      unlinkSync(locate(path));
      sftp.status(id, STATUS_CODE.OK);
    }),
  );
  sftp.on("close", () => {
    for (const resource of handles.values()) if ("descriptor" in resource) closeSync(resource.descriptor);
    handles.clear();
  });
}

function describe(name: string, stats: Stats): ServedEntry {
  return { name, mode: stats.mode, size: stats.size, mtime: Math.floor(stats.mtimeMs / 1000) };
}

function attributes(stats: Stats) {
  const { mode, size, uid, gid } = stats;
  return { mode, size, uid, gid, atime: Math.floor(stats.atimeMs / 1000), mtime: Math.floor(stats.mtimeMs / 1000) };
}

function statusOf(error: unknown): number {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOENT" || code === "ENOTDIR") return STATUS_CODE.NO_SUCH_FILE;
  if (code === "EACCES" || code === "EPERM") return STATUS_CODE.PERMISSION_DENIED;
  if (code !== undefined) return STATUS_CODE.FAILURE;
  throw error;
}
