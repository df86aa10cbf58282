import { applicationTypes } from "@catapullt/agents/applications/registry";
import { agentConfigDescription } from "@catapullt/agents/config/schema";
import { backupAgent } from "@catapullt/agents/main";
import { configFileDescription } from "@catapullt/archiver/config/schema";
import { archiver } from "@catapullt/archiver/main";
import { notifyConfigDescription } from "@catapullt/notifier/config";
import { notify } from "@catapullt/notifier/main";
import { describeApplicationTypes } from "./applications.ts";
import { describeCommands } from "./commands.ts";
import { describeConfiguration } from "./configuration.ts";
import { describeErrorCodes } from "./errors.ts";
import { describeRoleVariables } from "./role-variables.ts";

/** A section of a document that is written from the code. */
export interface GeneratedSection {
  /** Its path in the repository. */
  document: string;
  section: string;
  content: string;
}

export function generateSections(): GeneratedSection[] {
  return [
    {
      document: "docs/reference/cli.md",
      section: "commands",
      content: [backupAgent, notify, archiver].map(describeCommands).join("\n\n"),
    },
    {
      document: "docs/reference/configuration.md",
      section: "keys",
      content: [agentConfigDescription, notifyConfigDescription, configFileDescription]
        .map(describeConfiguration)
        .join("\n\n"),
    },
    {
      document: "docs/reference/applications/README.md",
      section: "types",
      content: describeApplicationTypes(applicationTypes),
    },
    { document: "docs/reference/exit-codes.md", section: "error-codes", content: describeErrorCodes() },
    ...["backup_programs", "backup_agent", "backup_archiver"].map((role) => ({
      document: `ansible/roles/${role}/README.md`,
      section: "variables",
      content: describeRoleVariables(role),
    })),
  ];
}
