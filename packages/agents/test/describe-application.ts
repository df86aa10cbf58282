import { execFileSync } from "node:child_process";
import { createArchive } from "@catapullt/core/archive/writer";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import type { Host } from "../applications/host.ts";
import type { ApplicationTree, ApplicationType, LocatedApplication } from "../applications/type.ts";
import { separateKeys } from "../backup/separate-keys.ts";
import { describeDatabase } from "../overview/render.ts";
import { applicationSettings } from "./fixture-host.ts";
import type { TypeFixture } from "./type-fixture.ts";

/** Everything that a type finds on a host, as text: places, version, database, members of the archives. */
export async function describeApplication(
  type: ApplicationType,
  host: Host,
  { title, settings }: TypeFixture,
): Promise<string> {
  const located = await type.locate({ name: type.name, settings: applicationSettings(settings), host });
  const version = await located.captureVersion();
  const parts = separateKeys({ ...located, keys: "separate" });
  const lines = [
    `# ${title}`,
    "",
    ...located.evidence.map(({ what, value, source }) => row(what, `${value} (${source})`)),
    ...version.sources.map(({ source, value }) => row("version", `${value} (${source})`)),
    ...located.databases.map((database) => row("database", describeWithPassword(database))),
    ...(located.consistency === undefined ? [] : [row("at rest", located.consistency.title)]),
    ...[...located.warnings, ...version.warnings].map((warning) => row("warning", warning)),
    ...(await members("file", located.trees)),
    ...(parts.keys === undefined ? [] : await members("key", parts.keys.trees)),
  ];
  return `${lines.join("\n").replaceAll(host.root, "")}\n`;
}

function row(what: string, value: string): string {
  return `${what.padEnd(14)} ${value}`;
}

function describeWithPassword(database: LocatedApplication["databases"][number]): string {
  const { password, tls } = database;
  const secret = password === undefined ? "" : `, password ${JSON.stringify(password)}`;
  return `${describeDatabase(database)}${secret}${tls === undefined ? "" : `, TLS ${tls.mode}`}`;
}

async function members(what: string, trees: readonly ApplicationTree[]): Promise<string[]> {
  const writer = await createArchive({
    directory: temporaryDirectory("members"),
    application: "fixture",
    time: new Date(),
    compression: { format: "none", level: 0 },
    signal: new AbortController().signal,
  });
  for (const { label, root, include, exclude } of trees)
    await writer.addTree({ label, root, include, exclude: exclude.map(({ pattern }) => pattern) });
  const { path } = await writer.finish();
  const names = execFileSync("tar", ["-tf", path], { encoding: "utf8" }).split("\n");
  return names.filter((name) => name.startsWith("files/") && !name.endsWith("/")).map((name) => row(what, name));
}
