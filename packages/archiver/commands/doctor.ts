import { examples } from "@catapullt/core/cli/examples";
import type { Handle } from "@catapullt/core/cli/program";
import type { Command } from "commander";

export function registerDoctorCommand(program: Command, handle: Handle): void {
  program
    .command("doctor")
    .summary("would tonight's pull work? connection, host key, permissions, space, clock, quota")
    .description(
      "Connects to all hosts, or to those that are named, and says for each whether a pull would work, and what its user may do there beyond what it needs. " +
        "What it tries is undone at once: a hidden file is made and removed in each directory. Ends with 1 if something fails; warnings alone end with 0.",
    )
    .argument("[host...]", "hosts as the configuration calls them (default: all)")
    .addHelpText("after", examples("archiver doctor", "archiver doctor wiki01 --json"))
    .action(
      handle(async (context, hosts: string[]) => {
        const { doctor } = await import("../doctor/doctor.ts");
        return doctor(context, hosts);
      }),
    );
}
