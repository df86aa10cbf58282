import { examples } from "@catapullt/core/cli/examples";
import type { Handle } from "@catapullt/core/cli/program";
import type { Command } from "commander";
import type { FlushOptions } from "../spool/flush.ts";

export function registerFlushCommand(program: Command, handle: Handle): void {
  program
    .command("flush")
    .summary("send what could not be sent before")
    .description(
      "Sends the messages that wait in the spool, each with its original time, and tells of runs whose notify was ended. Ends with 1 if " +
        "something could still not be sent.",
    )
    .option("--dry-run", "list what waits, and send nothing")
    .addHelpText("after", examples("notify flush --dry-run", "notify flush"))
    .action(
      handle(async (context, options: FlushOptions) => {
        const { flush } = await import("../spool/flush.ts");
        return flush(context, options);
      }),
    );
}
