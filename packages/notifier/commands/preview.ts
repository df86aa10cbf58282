import { examples } from "@catapullt/core/cli/examples";
import type { Handle } from "@catapullt/core/cli/program";
import { type Command, Option } from "commander";
import type { PreviewOptions } from "../preview/preview.ts";
import { sampleStates } from "../preview/states.ts";

export function registerPreviewCommand(program: Command, handle: Handle): void {
  program
    .command("preview")
    .summary("show each transport's message without sending it")
    .description(
      "Shows what each transport would send about an invented job, or about the run that a report tells of: headers, addresses and " +
        "bodies, secrets masked. Nothing is sent.",
    )
    .addOption(new Option("--state <state>", "what the message is about (default: success)").choices(sampleStates))
    .option("--report <file>", "a run report, as `backup-agent` writes it where BACKUP_REPORT names a file")
    .option("--transport <type>", "only the transports of this type")
    .option("--html <file>", "write the HTML of the mail there, for a browser")
    .addHelpText(
      "after",
      examples("notify preview --state failure", "notify preview --transport smtp --html /tmp/mail.html"),
    )
    .action(
      handle(async (context, options: PreviewOptions) => {
        const { preview } = await import("../preview/preview.ts");
        return preview(context, options);
      }),
    );
}
