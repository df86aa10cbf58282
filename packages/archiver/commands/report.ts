import { examples } from "@catapullt/core/cli/examples";
import type { Handle } from "@catapullt/core/cli/program";
import type { Command } from "commander";
import type { ReportArguments } from "../report/options.ts";

export function registerReportCommand(program: Command, handle: Handle): void {
  program
    .command("report")
    .summary("write a page that shows how all backups are")
    .description(
      "Writes one HTML file that shows the state of every application, the worst first, with sizes and durations over time, the archives that " +
        "are kept, the last proven restores, and when the vault will be full. The page loads nothing from anywhere. Asks no host.",
    )
    .argument("[host...]", "hosts that are shown (default: all that are configured or that the vault holds)")
    .option("--html <file>", "the file that is written; an older one is replaced as a whole")
    .option("--application <name>", "only this application")
    .addHelpText("after", examples("archiver report --html /var/www/html/backups.html"))
    .action(
      handle(async (context, hosts: string[], options: ReportArguments) => {
        const { report } = await import("../report/report.ts");
        return report(context, hosts, options);
      }),
    );
}
