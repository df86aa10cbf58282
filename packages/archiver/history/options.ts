import { parseDuration } from "@catapullt/core/config/duration";
import { OperationError } from "@catapullt/core/errors";

/** As they are on the command line, `--json` included. */
export interface HistoryArguments {
  application?: string;
  since?: string;
  csv?: boolean;
  prometheus?: string;
  json?: boolean;
}

export type HistoryOutput = { kind: "table" } | { kind: "csv" } | { kind: "prometheus"; file: string };

export interface HistoryOptions {
  application: string | undefined;
  /** Milliseconds: only backups that began within this time. */
  since: number | undefined;
  output: HistoryOutput;
}

/** Throws `usage-invalid`. */
export function parseHistoryArguments(given: HistoryArguments): HistoryOptions {
  refuseContradictions(given);
  const { application, since, csv, prometheus } = given;
  return {
    application,
    since: since === undefined ? undefined : parseSince(since),
    output:
      prometheus !== undefined
        ? { kind: "prometheus", file: parseMetricsFile(prometheus) }
        : { kind: csv ? "csv" : "table" },
  };
}

function refuseContradictions({ json, csv, prometheus, since }: HistoryArguments): void {
  const formats = [
    ...(json ? ["--json"] : []),
    ...(csv ? ["--csv"] : []),
    ...(prometheus === undefined ? [] : ["--prometheus"]),
  ];
  if (formats.length > 1) {
    throw new OperationError("usage-invalid", `${formats.join(" and ")} do not go together`, {
      hint: "each of them is another form of the same figures: run archiver history once for each",
    });
  }
  if (prometheus !== undefined && since !== undefined) {
    throw new OperationError("usage-invalid", "--since and --prometheus do not go together", {
      hint: "the metrics are those of the newest backups, however old: an alert must see them grow old. Leave --since out",
    });
  }
}

function parseSince(text: string): number {
  const since = parseDuration(text);
  if (since !== undefined) return since;
  throw new OperationError("usage-invalid", `--since ${JSON.stringify(text)} is not understood`, {
    hint: "expected a duration such as 90d, 12w or 36h; a year is 365d",
  });
}

function parseMetricsFile(file: string): string {
  if (/[^/]\.prom$/.test(file)) return file;
  throw new OperationError("usage-invalid", `--prometheus ${JSON.stringify(file)} does not end in .prom`, {
    hint: "node_exporter reads only files of this name in its --collector.textfile.directory, such as /var/lib/prometheus/node-exporter/backups.prom",
  });
}
