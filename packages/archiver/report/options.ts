import { OperationError } from "@catapullt/core/errors";
import type { OutputFile } from "../output/output-file.ts";

/** As they are on the command line. */
export interface ReportArguments {
  html?: string;
  application?: string;
}

/** Where the page goes. Throws `usage-invalid`. */
export function parseReportFile({ html }: ReportArguments): OutputFile {
  if (html === undefined)
    throw new OperationError("usage-invalid", "archiver report does not know where the page should go", {
      hint: "archiver report --html FILE, such as --html /var/www/html/backups.html",
    });
  if (html === "" || html.endsWith("/"))
    throw new OperationError("usage-invalid", `--html ${JSON.stringify(html)} names no file`, {
      hint: "expected a file in a directory that is there, such as --html /var/www/html/backups.html",
    });
  return { path: html, what: "the page", place: "a directory that the user who runs archiver may write to" };
}
