import type { CommandContext } from "@catapullt/core/cli/program";
import type { CommandResult } from "@catapullt/core/cli/result";
import { didYouMean } from "@catapullt/core/config/suggestion";
import { OperationError } from "@catapullt/core/errors";
import { formatBytes } from "@catapullt/core/units";
import type { ApplicationId, RecordedArchive } from "../catalog/catalog.ts";
import { openCatalog } from "../catalog/open.ts";
import type { ArchiverConfig } from "../config/schema.ts";
import { refuseUnknownHosts } from "../config/select-hosts.ts";
import { openDirectoryVault } from "../vault/directory/vault.ts";
import { withVaultLocked } from "../vault/lock.ts";
import type { Vault } from "../vault/vault.ts";
import { isHeld, newestGood } from "./facts.ts";

interface AcceptContext {
  config: ArchiverConfig;
  context: CommandContext;
}

/** `archiver check --accept HOST/APPLICATION`: from now on, sizes are compared with that of the newest archive and later ones. */
export async function acceptSize(text: string, { config, context }: AcceptContext): Promise<CommandResult> {
  const id = parseSubject(text);
  const vault = await openDirectoryVault(config.vault);
  refuseUnknownHosts([id.host], (await vault.hosts()).sort());
  const { environment } = context;
  const archive = await withVaultLocked({ vault, config, environment }, async () => {
    const newest = await findNewest(id, { vault, context });
    const { name, bytes, sha1 = "" } = newest;
    await vault.record({ event: "accepted", at: new Date().toISOString(), ...id, name, bytes, sha1 });
    return newest;
  });
  const { name, bytes } = archive;
  return {
    text: `accepted: ${name} (${formatBytes(bytes)}): later archives of ${text} are compared with it and each other\n`,
    json: { accepted: { ...id, name, bytes } },
  };
}

function parseSubject(text: string): ApplicationId {
  const [host = "", application = "", ...more] = text.split("/");
  if (host !== "" && application !== "" && more.length === 0) return { host, application };
  throw new OperationError("usage-invalid", `--accept takes HOST/APPLICATION, got ${JSON.stringify(text)}`, {
    hint: "for example archiver check --accept wiki01/confluence",
  });
}

async function findNewest(
  id: ApplicationId,
  { vault, context }: { vault: Vault; context: CommandContext },
): Promise<RecordedArchive> {
  const { log, signal } = context;
  const catalog = await openCatalog(vault, { log, signal, scope: { hosts: [id.host] } });
  try {
    const known = catalog.applications({ hosts: [id.host] }).map(({ application }) => application);
    if (!known.includes(id.application)) {
      const guess = didYouMean(id.application, known);
      throw new OperationError(
        "application-unknown",
        `the vault holds no ${JSON.stringify(id.application)} of ${id.host}${guess}`,
        { hint: known.length === 0 ? `there is nothing of ${id.host}` : `applications: ${known.join(", ")}` },
      );
    }
    const archives = catalog.history({ hosts: [id.host], application: id.application }).filter(isHeld);
    const sighting = await vault.sighting(id.host);
    const newest = newestGood({ archives, sighting }, { now: new Date() });
    if (newest !== undefined) return newest;
    throw new OperationError("archive-invalid", `no archive of ${id.host}/${id.application} is known to be whole`, {
      hint: `run archiver verify ${id.host}`,
    });
  } finally {
    catalog.close();
  }
}
