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

/** A section of a document below `docs/reference/` that is written from the code. */
export interface GeneratedSection {
  document: string;
  section: string;
  content: string;
}

export function generateSections(): GeneratedSection[] {
  return [
    {
      document: "cli.md",
      section: "commands",
      content: [backupAgent, notify, archiver].map(describeCommands).join("\n\n"),
    },
    {
      document: "configuration.md",
      section: "keys",
      content: [agentConfigDescription, notifyConfigDescription, configFileDescription]
        .map(describeConfiguration)
        .join("\n\n"),
    },
    { document: "applications/README.md", section: "types", content: describeApplicationTypes(applicationTypes) },
    { document: "exit-codes.md", section: "error-codes", content: describeErrorCodes() },
  ];
}
