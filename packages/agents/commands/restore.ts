import { hostname } from "node:os";
import { examples } from "@catapullt/core/cli/examples";
import type { CommandContext, Handle } from "@catapullt/core/cli/program";
import type { CommandResult } from "@catapullt/core/cli/result";
import type { RunReport } from "@catapullt/core/report/schema";
import { type Command, Option } from "commander";
import type { Selection } from "../restore/selection.ts";

interface RestoreFlags {
  only?: "database" | "files";
  path: string[];
  to?: string;
  replace?: boolean;
  definer: "auto" | "keep" | "strip";
  allowVersionMismatch?: boolean;
  allowRunning?: boolean;
  dryRun?: boolean;
  yes?: boolean;
}

export function registerRestoreCommand(program: Command, handle: Handle): void {
  program
    .command("restore")
    .summary("put an archive back in its place, or into a directory")
    .description(
      "Verifies the whole archive, shows what it would do and asks; then loads the databases and puts the files in place. What is there already is never deleted: it is refused, or with --replace kept under another name.",
    )
    .argument("<application>", "a configured application, or a type that stands at its vendor's default paths")
    .argument("<archive>", "path of the archive, with its sidecar beside it")
    .addOption(new Option("--only <part>", "restore only this part").choices(["database", "files"]))
    .option("--path <member>", "restore only this member and what is below it (repeatable)", collect, [])
    .option("--to <directory>", "write files and dumps into this directory; the application stays untouched")
    .option("--replace", "keep what is there under another name, and take its place")
    .addOption(
      new Option(
        "--definer <choice>",
        "accounts that triggers, routines, events and views belong to, with PostgreSQL owners and grants (auto: keep them if the user may)",
      )
        .choices(["auto", "keep", "strip"])
        .default("auto"),
    )
    .option("--allow-version-mismatch", "restore although another version of the application is installed")
    .option("--allow-running", "restore although the application seems to run")
    .option("--dry-run", "show the plan and change nothing")
    .option("--yes", "do not ask")
    .addHelpText(
      "after",
      examples(
        "backup-agent restore confluence /srv/backups/confluence_20261123T020000Z.tar.zst --dry-run",
        "backup-agent restore confluence ARCHIVE --path files/home/attachments/ver003 --to /tmp/lost",
      ),
    )
    .action(handle(restoreAndReport));
}

/** Whatever happens, whoever wraps the agent gets a report; of a dry run there is nothing to tell. */
async function restoreAndReport(
  context: CommandContext,
  name: string,
  archive: string,
  flags: RestoreFlags,
): Promise<CommandResult> {
  const { createSelection } = await import("../restore/selection.ts");
  const { renderPlan, renderResult } = await import("../restore/render.ts");
  const { restoreRunReport } = await import("../restore/report.ts");
  const { failedRunReport } = await import("../run-report.ts");
  const { writeReport } = await import("@catapullt/core/report/write");
  const startedAt = new Date();
  const facts = () => ({ command: "restore", host: hostname(), application: name, startedAt, endedAt: new Date() });
  const report = (content: RunReport) => writeReport(content, context.environment, context.log);
  try {
    const selection = createSelection({ only: flags.only, paths: flags.path });
    const finished = await (flags.to === undefined
      ? inPlace(selection, flags.definer)
      : elsewhere(selection, flags.to));
    const { plan, result } = finished;
    if (result === undefined)
      return { text: renderPlan(plan), json: { plan }, exitCode: plan.refusals.length === 0 ? 0 : 1 };
    await report(restoreRunReport(facts(), { ...finished, result }, selection));
    return { text: renderResult(result), json: { plan, result } };
  } catch (error) {
    await report(failedRunReport(facts(), context.signal.aborted ? context.signal.reason : error));
    throw error;
  }

  async function elsewhere(selection: Selection, directory: string) {
    const { extractTo } = await import("../restore/extract-to.ts");
    const { replace = false, dryRun = false, yes = false } = flags;
    return await extractTo({ application: name, archive, directory, selection, replace, dryRun, yes }, context);
  }

  async function inPlace(selection: Selection, definer: RestoreFlags["definer"]) {
    const { loadConfig } = await import("@catapullt/core/config/load");
    const { resolveApplication } = await import("../config/resolve.ts");
    const { agentConfigDescription } = await import("../config/schema.ts");
    const { runRestore } = await import("../restore/run.ts");
    const { config } = await loadConfig(agentConfigDescription, {
      file: context.configFile,
      environment: context.environment,
    });
    const request = {
      application: resolveApplication(config, name),
      archive,
      selection,
      definer,
      replace: flags.replace === true,
      allowVersionMismatch: flags.allowVersionMismatch === true,
      allowRunning: flags.allowRunning === true,
      dryRun: flags.dryRun === true,
      yes: flags.yes === true,
    };
    return await runRestore(request, config, context);
  }
}

function collect(value: string, previous: string[]): string[] {
  return [...previous, value];
}
