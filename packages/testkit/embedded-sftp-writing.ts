import { constants, fchmodSync, linkSync, mkdirSync, openSync, unlinkSync, writeSync } from "node:fs";
import ssh2, { type Attributes, type SFTPWrapper } from "ssh2";
import type { ServedChange } from "./embedded-sftp-faults.ts";

const { STATUS_CODE, OPEN_MODE } = ssh2.utils.sftp;

export interface OpenWritable {
  path: string;
  descriptor: number;
}

interface ChangeOptions {
  locate: (path: string) => string;
  change: (id: number, change: Pick<ServedChange, "operation" | "path">, action: () => void) => void;
  find: (handle: Buffer) => OpenWritable | undefined;
  onReceived: (bytes: number) => void;
}

/** Opens a file as the flags of an SFTP request say. */
export function openForWriting(path: string, flags: number): number {
  const { O_RDWR, O_CREAT, O_EXCL, O_TRUNC } = constants;
  const wanted = [
    [OPEN_MODE.CREAT, O_CREAT],
    [OPEN_MODE.EXCL, O_EXCL],
    [OPEN_MODE.TRUNC, O_TRUNC],
  ] as const;
  return openSync(
    path,
    wanted.reduce((all, [asked, flag]) => ((flags & asked) === 0 ? all : all | flag), O_RDWR),
    0o640,
  );
}

/** Answers the requests of an SFTP session that write, as OpenSSH's server does: a rename never replaces anything. */
export function serveChanges(sftp: SFTPWrapper, { locate, change, find, onReceived }: ChangeOptions): void {
  sftp.on("WRITE", (id: number, handle: Buffer, offset: number, bytes: Buffer) => {
    const file = find(handle);
    if (file === undefined) return sftp.status(id, STATUS_CODE.FAILURE);
    change(id, { operation: "write", path: file.path }, () => {
      writeSync(file.descriptor, bytes, 0, bytes.length, offset);
      onReceived(bytes.length);
      sftp.status(id, STATUS_CODE.OK);
    });
  });
  sftp.on("FSETSTAT", (id: number, handle: Buffer, { mode }: Attributes) => {
    const file = find(handle);
    if (file === undefined) return sftp.status(id, STATUS_CODE.FAILURE);
    change(id, { operation: "attributes", path: file.path }, () => {
      if (mode !== undefined) fchmodSync(file.descriptor, mode & 0o7777);
      sftp.status(id, STATUS_CODE.OK);
    });
  });
  sftp.on("MKDIR", (id: number, path: string) =>
    change(id, { operation: "mkdir", path }, () => {
      mkdirSync(locate(path), 0o750);
      sftp.status(id, STATUS_CODE.OK);
    }),
  );
  sftp.on("RENAME", (id: number, from: string, to: string) =>
    change(id, { operation: "rename", path: to }, () => {
      linkSync(locate(from), locate(to));
      unlinkSync(locate(from));
      sftp.status(id, STATUS_CODE.OK);
    }),
  );
}
