import { examples } from "@catapullt/core/cli/examples";
import type { Handle } from "@catapullt/core/cli/program";
import type { Command } from "commander";

export function registerCheckCommand(program: Command, handle: Handle): void {
  program
    .command("check")
    .summary("did every expected job run?")
    .description(
      "Compares what ran with what `jobs` expects, and tells of each job that did not run or hangs: once, then again each day (`remind`) " +
        "until it runs. Ends with 1 if there is such a job, or one whose last run failed.",
    )
    .argument("[job...]", "jobs that are looked at (default: all below `jobs`)")
    .addHelpText("after", examples("notify check", "notify check confluence --json"))
    .action(
      handle(async (context, jobs: string[]) => {
        const { check } = await import("../missed/check.ts");
        return check(context, jobs);
      }),
    );
}
