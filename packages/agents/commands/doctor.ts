import { examples } from "@catapullt/core/cli/examples";
import type { Handle } from "@catapullt/core/cli/program";
import { exitCodes } from "@catapullt/core/exit-codes";
import type { Command } from "commander";

export function registerDoctorCommand(program: Command, handle: Handle): void {
  program
    .command("doctor")
    .summary("say what would fail tonight, and the fix")
    .description(
      "Looks at configuration, work directory, clock, and for each application at its databases, privileges, dump programs, files, hooks, space, waiting archives, locks and at what runs it. Changes nothing. Ends with 1 if tonight's backup would fail.",
    )
    .argument("[application]", "only this application (default: all that are configured or found)")
    .addHelpText("after", examples("backup-agent doctor", "backup-agent doctor confluence --json"))
    .action(
      handle(async (context, application?: string) => {
        const { diagnose } = await import("../doctor/run.ts");
        const { renderDiagnosis } = await import("../doctor/render.ts");
        const diagnosis = await diagnose(context, application);
        const colour = process.stdout.isTTY === true && !context.environment.NO_COLOR;
        return {
          text: renderDiagnosis(diagnosis, { colour }),
          json: diagnosis,
          exitCode: diagnosis.state === "failure" ? exitCodes.failed : exitCodes.done,
        };
      }),
    );
}
