import type { Manifest } from "@catapullt/core/archive/manifest";
import { createArchive, type FinishedArchive } from "@catapullt/core/archive/writer";
import type { CommandContext } from "@catapullt/core/cli/program";
import { createProgress } from "@catapullt/core/progress/progress";
import { formatBytes, formatDuration } from "@catapullt/core/units";
import type { AgentConfig } from "../config/schema.ts";
import type { DumpContext } from "../databases/engine.ts";
import { type ArchiveContent, writeContent } from "./archive.ts";

export interface WrittenArchive {
  archive: FinishedArchive;
  manifest: Manifest;
}

export interface ArchiveTarget {
  /** Where it is published; in it nothing finished-looking is left behind when this throws. */
  directory: string;
  group: number | undefined;
  compression: AgentConfig["compression"];
  terminal: CommandContext["terminal"];
}

/** Writes and publishes one archive; undefined, with nothing left behind, where `isWanted` does not want what came in. */
export async function writeArchive(
  content: ArchiveContent,
  { directory, group, compression, terminal }: ArchiveTarget,
  context: DumpContext,
  isWanted: (manifest: Manifest) => boolean = () => true,
): Promise<WrittenArchive | undefined> {
  const { application, startedAt } = content;
  const progress = createProgress(terminal);
  progress.describe(application.name);
  const writer = await createArchive({
    directory,
    application: application.name,
    time: startedAt,
    compression,
    group,
    signal: context.signal,
    onProgress: progress.advance,
  });
  try {
    const manifest = await writeContent(content, writer, context);
    if (!isWanted(manifest)) return undefined;
    const archive = await writer.finish();
    const duration = formatDuration(Date.now() - startedAt.getTime());
    context.log.info(`wrote ${archive.path} (${formatBytes(archive.bytes)}) in ${duration}`);
    return { archive, manifest };
  } finally {
    progress.end();
    await writer.abort();
  }
}
