import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { agentConfigDescription } from "@catapullt/agents/config/schema";
import { configFileDescription } from "@catapullt/archiver/config/schema";
import { describeKeys } from "@catapullt/core/config/describe";
import { type ConfigDescription, loadConfig } from "@catapullt/core/config/load";
import { OperationError } from "@catapullt/core/errors";
import { notifyConfigDescription } from "@catapullt/notifier/config";
import type { CodeBlock, Page } from "./page.ts";

const descriptions: ConfigDescription<unknown>[] = [
  agentConfigDescription,
  notifyConfigDescription,
  configFileDescription,
];

const programs = descriptions.map((description) => {
  const keys = new Set(describeKeys(description.schema).map(({ key }) => key.split(/[.[]/)[0]));
  return { description, keys };
});

/** What a part of a file is completed with, where the whole of it needs more. */
const completion = { ARCHIVER__VAULT: "/srv/backups" };

/** Configurations of the three programs that a page shows. */
export function findConfigurations(page: Page): CodeBlock[] {
  return page.codeBlocks.filter(({ language }) => language === "yaml");
}

/**
 * What the program to which a configuration belongs says is wrong with it; undefined where it accepts it. It belongs to the program
 * that knows most of its keys, or to any of several. `directory` is for a file.
 */
export async function findConfigurationProblem({ content }: CodeBlock, directory: string): Promise<string | undefined> {
  // A list is one of transports.
  const text = content.startsWith("- ") ? `transports:\n${content.replace(/^(?=.)/gm, "  ")}` : content;
  const file = join(directory, "configuration.yaml");
  writeFileSync(file, text, { mode: 0o600 });
  const problems = await Promise.all(ownersOf(text).map((description) => findProblem(description, file)));
  return problems.length === 0 ? "no program knows its keys" : problems.includes(undefined) ? undefined : problems[0];
}

function ownersOf(text: string): ConfigDescription<unknown>[] {
  const shown = [...text.matchAll(/^(\w+):/gm)].map(([, key]) => key);
  const counted = programs.map(({ description, keys }) => {
    return { description, known: shown.filter((key) => keys.has(key)).length };
  });
  const most = Math.max(...counted.map(({ known }) => known));
  return counted.filter(({ known }) => known > 0 && known === most).map(({ description }) => description);
}

async function findProblem(description: ConfigDescription<unknown>, file: string): Promise<string | undefined> {
  try {
    await loadConfig(description, { file, environment: completion });
    return undefined;
  } catch (error) {
    if (error instanceof OperationError) return error.message;
    throw error;
  }
}
