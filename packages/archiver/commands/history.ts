import { examples } from "@catapullt/core/cli/examples";
import type { Handle } from "@catapullt/core/cli/program";
import type { Command } from "commander";
import type { HistoryArguments } from "../history/options.ts";

export function registerHistoryCommand(program: Command, handle: Handle): void {
  program
    .command("history")
    .summary("show how sizes and durations went over time")
    .description(
      "Shows sizes and durations of all backups that the vault holds or has held, also of those that were pruned: a row and a small chart for " +
        "each application or, with --application, a row for each backup. --json, --csv and --prometheus give the figures to other programs.",
    )
    .argument("[host...]", "hosts whose backups are shown (default: all that the vault knows)")
    .option("--application <name>", "only this application; of one host, each backup has a row")
    .option("--since <duration>", "only backups that began within this time, such as 90d")
    .option("--csv", "print CSV: a line for each backup")
    .option(
      "--prometheus <file>",
      "write the newest backups' figures to a .prom file for node_exporter's textfile collector; print nothing else",
    )
    .addHelpText(
      "after",
      examples(
        "archiver history wiki01 --application confluence --since 90d",
        "archiver -q history --prometheus /var/lib/prometheus/node-exporter/backups.prom",
      ),
    )
    .action(
      handle(async (context, hosts: string[], options: HistoryArguments) => {
        const { history } = await import("../history/history.ts");
        const { json = false } = program.opts<{ json?: boolean }>();
        return history(context, hosts, { ...options, json });
      }),
    );
}
