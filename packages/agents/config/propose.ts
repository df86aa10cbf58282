import type { CommandContext } from "@catapullt/core/cli/program";
import type { Questions } from "@catapullt/core/cli/questions";
import { checkText } from "@catapullt/core/config/check-text";
import type { Proposal } from "@catapullt/core/config/init";
import { absolutePathSchema } from "@catapullt/core/config/schema";
import { createHost } from "../applications/host.ts";
import { type ApplicationOverview, collectOverview } from "../overview/collect.ts";
import { describeDatabase } from "../overview/render.ts";
import { agentConfigSchema, defaultWorkDirectory } from "./schema.ts";

/** The agent's first configuration: what is found on this host, with nothing in it that is found at run time as well. */
export async function proposeConfig(questions: Questions, context: CommandContext): Promise<Proposal> {
  const { applications } = await collectOverview(agentConfigSchema.parse({}), createHost(context));
  const chosen: ApplicationOverview[] = [];
  for (const application of applications.filter(({ found }) => found))
    if (await questions.confirm(`back up ${describe(application)}?`, true)) chosen.push(application);
  const workDir = await questions.ask({
    text: "where finished archives wait to be fetched",
    initial: defaultWorkDirectory,
    check: checkText(absolutePathSchema),
  });
  const last = await questions.ask({
    text: "how many archives of each application stay on this host",
    initial: "3",
    check: (answer) => (/^[1-9]\d{0,3}$/.test(answer) ? undefined : "expected a number from 1 on"),
  });
  const entries = chosen.map(({ name, home, problem }) => [name, home === undefined || problem ? {} : { home }]);
  const isDefault = workDir === defaultWorkDirectory;
  return {
    draft: {
      header: [
        "What backup-agent backs up on this host. Written by: backup-agent init",
        "Lines that begin with `# ` and a key show what may be set. Check changes: backup-agent config check",
        "Passwords do not belong here: they are found in the applications' own configuration, or name a file: { file: PATH }",
      ],
      values: {
        workDir,
        retention: { last: Number(last) },
        ...(entries.length === 0 ? {} : { applications: Object.fromEntries(entries) }),
      },
      examples: {
        archiveGroup: "backup",
        compression: { format: "zstd", level: 3 },
        applications: entries.length === 0 ? exampleApplications : exampleKeys(chosen),
      },
      notes: Object.fromEntries(
        chosen.map((application) => [`applications.${application.name}`, describe(application)]),
      ),
    },
    nextSteps: [
      ...(isDefault ? [] : [`mkdir -p -m 0750 ${workDir}`]),
      "backup-agent config check",
      "backup-agent doctor",
      ...chosen.slice(0, 1).map(({ name }) => `backup-agent ${name}`),
    ],
  };
}

const exampleApplications = {
  intranet: {
    type: "generic",
    version: { value: "1.0" },
    databases: [{ engine: "postgresql", name: "intranet" }],
    paths: ["/srv/intranet/uploads"],
  },
};

function exampleKeys(chosen: readonly ApplicationOverview[]) {
  const keys = { files: { exclude: ["**/temp/**"] }, timeout: "2h" };
  return Object.fromEntries(chosen.map(({ name }) => [name, keys]));
}

// Such as `gitea 1.22.3 in /var/lib/gitea, sqlite /var/lib/gitea/data/gitea.db`.
function describe({ name, version, home, databases, problem }: ApplicationOverview): string {
  const place = home === undefined ? "" : ` in ${home}`;
  const stores = databases.map((database) => `, ${describeDatabase(database)}`).join("");
  const trouble = problem === undefined ? "" : ` (not ready: ${problem.message.split("\n")[0]})`;
  return `${name}${version === undefined ? "" : ` ${version}`}${place}${stores}${trouble}`;
}
