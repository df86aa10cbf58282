import type { ProgramDescription } from "@catapullt/core/cli/program";

/** One program as it is packed. */
export interface PackedProgram {
  /** Its folder in packages/. */
  folder: string;
  /** Its command. */
  command: string;
  /** One line for the package. */
  summary: string;
  description(): Promise<ProgramDescription>;
  /** Ends of the paths of modules that are loaded one after the other; those of one list, always together. */
  starts: readonly (readonly string[])[];
}

export const packedPrograms: readonly PackedProgram[] = [
  {
    folder: "agents",
    description: async () => (await import("@catapullt/agents/main")).backupAgent,
    command: "backup-agent",
    summary: "Backs up applications of this host: database, files and version in one archive",
    starts: [["/agents/main.ts", "/commands/backup.ts"]],
  },
  {
    folder: "notifier",
    description: async () => (await import("@catapullt/notifier/main")).notify,
    command: "notify",
    summary: "Runs a command and tells third parties what happened",
    starts: [
      ["/notifier/main.ts", "/run/run-and-tell.ts"],
      ["/notifier/tell.ts", "/running/report-crashes.ts"],
    ],
  },
  {
    folder: "archiver",
    description: async () => (await import("@catapullt/archiver/main")).archiver,
    command: "archiver",
    summary: "Pulls finished archives from all hosts, checks them and keeps those that the policy says",
    starts: [["/archiver/main.ts"]],
  },
];

export const repository: URL = new URL("../../", import.meta.url);
