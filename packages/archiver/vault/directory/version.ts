import { readArchive } from "@catapullt/core/archive/reader";
import { OperationError } from "@catapullt/core/errors";
import { atPath } from "./errors.ts";

const versionMember = "VERSION";
const versionBytes = 1024;

/** The first line of an archive's first member, `VERSION`; undefined where the archive does not begin with one. Reads no further. */
export async function readVersion(path: string): Promise<string | undefined> {
  const stop = new AbortController();
  let version: string | undefined;
  try {
    await atPath(path, () =>
      readArchive(path, {
        signal: stop.signal,
        async onMember(member, content) {
          if (member.name === versionMember && member.type === "file" && member.size <= versionBytes)
            version = await firstLine(content);
          stop.abort();
          stop.signal.throwIfAborted();
        },
      }),
    );
  } catch (error) {
    if (!stop.signal.aborted && !(error instanceof OperationError)) throw error;
  }
  return version;
}

async function firstLine(content: AsyncIterable<Buffer>): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  for await (const chunk of content) chunks.push(chunk);
  const line = Buffer.concat(chunks).toString("utf8").split("\n")[0]?.trim();
  return line === "" ? undefined : line;
}
