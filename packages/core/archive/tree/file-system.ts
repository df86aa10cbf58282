import type * as nodeFileSystem from "node:fs";

/** The synchronous calls that a walk through a tree makes; tests hand in faulty ones. */
export type FileSystem = Pick<
  typeof nodeFileSystem,
  "statSync" | "lstatSync" | "readdirSync" | "readlinkSync" | "openSync" | "fstatSync" | "readSync" | "closeSync"
>;
