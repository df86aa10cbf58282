import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "@catapullt/core/process/run";
import { systemProgram } from "@catapullt/testkit/system-packages";
import { createTemporaryDirectory } from "@catapullt/testkit/temporary-directory";

export interface SampleOptions {
  application?: string | undefined;
  /** As in the name: `20261123T020000Z`. */
  time?: string | undefined;
  /** Random bytes in it. */
  bytes?: number | undefined;
  version?: string | undefined;
  /** False leaves the archive unfinished. */
  sidecar?: boolean | undefined;
}

export interface SampleArchive {
  application: string;
  name: string;
  path: string;
  content: Buffer;
  sha1: string;
}

/** Puts a finished archive, made by GNU tar and zstd, into the agent's work directory `workDirectory`. */
export async function putArchive(workDirectory: string, options: SampleOptions = {}): Promise<SampleArchive> {
  const {
    application = "wiki",
    time = "20261123T020000Z",
    bytes = 10_000,
    version = "7.19.4",
    sidecar = true,
  } = options;
  const name = `${application}_${time}.tar.zst`;
  const path = join(workDirectory, application, name);
  const members = createTemporaryDirectory("members");
  try {
    writeFileSync(join(members.path, "VERSION"), `${version}\n`);
    writeFileSync(join(members.path, "data"), randomBytes(bytes));
    const compress = `--use-compress-program=${systemProgram("zstd")} -1`;
    const tar = await run(systemProgram("tar"), ["-C", members.path, compress, "-cf", "-", "VERSION", "data"]);
    if (tar.exitCode !== 0) throw new Error(`tar failed: ${tar.errorOutput}`);
    const content = tar.output;
    mkdirSync(join(workDirectory, application), { recursive: true });
    writeFileSync(path, content);
    const sha1 = sha1Of(content);
    if (sidecar) writeFileSync(`${path}.sha1`, `${sha1}  ${name}\n`);
    return { application, name, path, content, sha1 };
  } finally {
    members.remove();
  }
}

export function sha1Of(content: Uint8Array): string {
  return createHash("sha1").update(content).digest("hex");
}
