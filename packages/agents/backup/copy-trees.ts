import type { ManifestTree } from "@catapullt/core/archive/manifest";
import type { ArchiveWriter } from "@catapullt/core/archive/writer";
import type { Logger } from "@catapullt/core/log/logger";
import { formatBytes, formatDuration } from "@catapullt/core/units";
import type { ApplicationTree } from "../applications/type.ts";

export interface CopyContext {
  log: Logger;
  warn: (message: string) => void;
}

/** Copies one tree into the archive; returns its entry of the manifest. */
export async function copyTree(
  tree: ApplicationTree,
  writer: ArchiveWriter,
  { log, warn }: CopyContext,
): Promise<ManifestTree> {
  log.info(`copying ${tree.label} from ${tree.root}`);
  const startedAt = performance.now();
  const { warnings, ...summary } = await writer.addTree({
    label: tree.label,
    root: tree.root,
    include: tree.include,
    exclude: tree.exclude.map(({ pattern }) => pattern),
  });
  for (const warning of warnings) warn(warning);
  const { files, bytes, skippedCount } = summary;
  const skipped = skippedCount === 0 ? "" : `, ${skippedCount} left out that cannot be saved`;
  log.info(
    `copied ${files.toLocaleString("en")} ${files === 1 ? "file" : "files"}, ${formatBytes(bytes)} in ${formatDuration(performance.now() - startedAt)}${skipped}`,
  );
  return {
    ...summary,
    excluded: tree.exclude.map(({ pattern, reason }) => `${pattern} (${reason})`),
    ...(tree.include.length === 0 ? {} : { included: [...tree.include] }),
  };
}
