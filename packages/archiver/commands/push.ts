import { examples } from "@catapullt/core/cli/examples";
import type { Handle } from "@catapullt/core/cli/program";
import type { Command } from "commander";
import type { PushOptions } from "../push/push.ts";

export function registerPushCommand(program: Command, handle: Handle): void {
  program
    .command("push")
    .summary("send finished archives to a backup host, then remove old ones here")
    .description(
      "For an application host whose backup host cannot reach it: sends the finished archives of the agent's work directory where `push.to` says. An " +
        "archive is hashed while it is sent, compared with its sidecar and made durable before it gets its name there. Then those that were sent " +
        "and that no rule of `push.retention` keeps are removed here.",
    )
    .option("--keep-local", "remove nothing here")
    .option("--again", "send what was sent before and is not there any more once more")
    .option("--dry-run", "print what would be done, and why; change nothing")
    .addHelpText("after", examples("archiver push --dry-run", "notify -- archiver push"))
    .action(
      handle(async (context, options: PushOptions) => {
        const { push } = await import("../push/push.ts");
        return push(context, options);
      }),
    );
}
