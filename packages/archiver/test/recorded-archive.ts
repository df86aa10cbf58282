import { formatArchiveName } from "@catapullt/core/archive/name";
import type { RecordedArchive } from "../catalog/catalog.ts";

/** An archive as the catalog knows it, of 1,000 bytes and in the vault, with what `change` says instead. */
export function recordedArchive(time: string, change: Partial<RecordedArchive> = {}): RecordedArchive {
  const { application = "wiki" } = change;
  const began = new Date(time);
  return {
    host: "wiki01",
    application,
    name: formatArchiveName({ application, time: began, compression: "zstd" }),
    bytes: 1000,
    sha1: "a".repeat(40),
    time: began,
    version: "7.19.4",
    verifiedAt: undefined,
    provenAt: undefined,
    recoverySeconds: undefined,
    findings: undefined,
    arrivedAt: began,
    goneAt: undefined,
    contents: undefined,
    ...change,
  };
}
