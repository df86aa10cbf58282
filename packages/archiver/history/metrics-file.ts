import type { OutputFile } from "../output/output-file.ts";

/** Where the metrics go. */
export function metricsFile(path: string): OutputFile {
  return {
    path,
    what: "the metrics",
    place: "the directory that node_exporter has as --collector.textfile.directory",
  };
}
