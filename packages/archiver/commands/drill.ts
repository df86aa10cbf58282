import { examples } from "@catapullt/core/cli/examples";
import type { Handle } from "@catapullt/core/cli/program";
import { durationExamples, parseDuration } from "@catapullt/core/config/duration";
import { type Command, InvalidArgumentError, Option } from "commander";
import type { DrillOptions } from "../drill/drill.ts";

export function registerDrillCommand(program: Command, handle: Handle): void {
  program
    .command("drill")
    .summary("prove by a restore that the newest archives are good")
    .description(
      "Has `backup-agent drill` restore the newest verified archive of each application into throwaway servers, one after the other, and " +
        "records what came of it: `archiver list` then shows when an archive was proven. backup-agent must be on this host, with what its drills need.",
    )
    .argument("[host...]", "hosts whose applications are drilled (default: all that the vault holds)")
    .addOption(
      new Option(
        "--older-than <duration>",
        `only applications that were not proven for so long: ${durationExamples}`,
      ).argParser(toMilliseconds),
    )
    .option("--directory <directory>", "work in this directory (default: the agent's `drill.directory`)")
    .addHelpText("after", examples("archiver drill wiki01", "notify -- archiver drill --older-than 30d"))
    .action(
      handle(async (context, hosts: string[], options: DrillOptions) => {
        const { drill } = await import("../drill/drill.ts");
        return drill(context, hosts, options);
      }),
    );
}

function toMilliseconds(text: string): number {
  const milliseconds = parseDuration(text);
  if (milliseconds === undefined) throw new InvalidArgumentError(`Expected a duration such as ${durationExamples}.`);
  return milliseconds;
}
