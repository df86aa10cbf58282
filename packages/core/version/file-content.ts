import { readFile, stat } from "node:fs/promises";
import { errorMessage, hasErrorCode } from "../errors.ts";
import { unreadableVersion } from "./value.ts";

const sizeLimit = 16 * 1024 * 1024;

/** The bytes of a file of moderate size. Throws `version-unreadable` where it is missing, no regular file or too large. */
export async function readContent(path: string): Promise<Buffer> {
  const source = `file ${path}`;
  try {
    const status = await stat(path);
    if (!status.isFile()) throw unreadableVersion(source, "it is no regular file");
    if (status.size > sizeLimit) throw unreadableVersion(source, "it is larger than 16 MiB");
    return await readFile(path);
  } catch (error) {
    if (hasErrorCode(error, "ENOENT", "ENOTDIR")) throw unreadableVersion(source, "it does not exist", error);
    if (hasErrorCode(error, "EACCES", "EPERM", "EIO", "ELOOP"))
      throw unreadableVersion(source, errorMessage(error), error);
    throw error;
  }
}

/** Text of a file in UTF-8, or in UTF-16 where its byte order mark says so; without that mark. */
export function decodeText(content: Buffer): string {
  const isUtf16 = (content[0] === 0xff && content[1] === 0xfe) || (content[0] === 0xfe && content[1] === 0xff);
  const encoding = !isUtf16 ? "utf-8" : content[0] === 0xff ? "utf-16le" : "utf-16be";
  return new TextDecoder(encoding).decode(content);
}
