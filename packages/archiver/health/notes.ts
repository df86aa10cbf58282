import { escapeControls } from "@catapullt/core/printable";
import type { ArchiveId } from "../vault/vault.ts";

/** What is in a host's place in the vault, besides good archives. */
export interface HostPlace {
  host: string;
  isConfigured: boolean;
  /** Why its directory cannot be read. */
  trouble: string | undefined;
  /** Applications that an expectation is configured for. */
  expected: readonly string[];
  unsealed: readonly ArchiveId[];
  /** Paths, relative to the vault. */
  quarantined: readonly string[];
  foreign: readonly string[];
}

export interface HostHoldings extends HostPlace {
  /** Applications that the vault holds archives of. */
  held: readonly string[];
  /** Archives dated in the future. */
  future: readonly ArchiveId[];
}

const namesTold = 3;

/** What is worth a look and no finding; `isAnythingExpected`: of any host, also of such as are not looked at. Pure. */
export function findNotes(hosts: readonly HostHoldings[], isAnythingExpected: boolean): string[] {
  const nothingExpected =
    "no backup is expected from any host, so none can be missed: set `expect: { APPLICATION: { every: 24h } }` for each host";
  return [
    ...(isAnythingExpected ? [] : [nothingExpected]),
    ...hosts.flatMap((holdings) => [
      ...(isAnythingExpected ? noteUnexpected(holdings) : []),
      ...noteTrouble(holdings),
      ...noteStrangers(holdings),
    ]),
    ...noteRenames(hosts),
  ].map(escapeControls);
}

function noteUnexpected({ host, isConfigured, expected, held }: HostHoldings): string[] {
  const unexpected = held.filter((application) => !expected.includes(application));
  if (unexpected.length === 0) return [];
  if (!isConfigured)
    return [
      `the vault holds ${list(unexpected)} of ${host}, which is not configured: nobody would miss a backup of it`,
    ];
  return [
    `${host}: nobody expects ${list(unexpected)}: set \`expect: { ${unexpected[0]}: { every: 24h } }\` below hosts.${host}`,
  ];
}

// Of a configured host, that is a finding.
function noteTrouble({ host, isConfigured, trouble }: HostHoldings): string[] {
  return trouble === undefined || isConfigured ? [] : [`${host}: cannot be read: ${trouble}`];
}

function noteStrangers({ host, future, quarantined, unsealed, foreign }: HostHoldings): string[] {
  const path = ({ host: own, application, name }: ArchiveId) => `${own}/${application}/${name}`;
  const notes: string[] = [];
  const note = (names: readonly string[], text: string) => {
    if (names.length > 0) notes.push(`${host}: ${text.replace("$", list(names))}`);
  };
  note(
    future.map(path),
    "dated in the future, so retention ignores it: $: is the clock right, here and there? Move it away once a right one is here",
  );
  note(quarantined, "damaged, in quarantine: $: look at the report beside it, then remove both");
  note(
    unsealed.map(path),
    "without a sidecar, so no backup for anybody: $: if you put it there, run sha1sum NAME > NAME.sha1 beside it, then archiver verify; else move it away",
  );
  note(foreign, "not ours: $: move it out of the vault");
  return notes;
}

/** A host of which nothing is here, while an unknown one has what it should have, may have been called so before. */
export function findFormerName(
  wanted: Pick<HostHoldings, "expected" | "held">,
  hosts: readonly HostHoldings[],
): string | undefined {
  if (wanted.held.length > 0 || wanted.expected.length === 0) return undefined;
  return hosts.find(
    ({ isConfigured, held }) => !isConfigured && wanted.expected.every((application) => held.includes(application)),
  )?.host;
}

function noteRenames(hosts: readonly HostHoldings[]): string[] {
  return hosts
    .filter(({ isConfigured }) => isConfigured)
    .flatMap((wanted) => {
      const former = findFormerName(wanted, hosts);
      if (former === undefined) return [];
      return [
        `${wanted.host}: nothing is here of it, and the vault holds the same applications of ${former}, which is not configured: was it renamed? archiver rename ${former} ${wanted.host}`,
      ];
    });
}

function list(names: readonly string[]): string {
  const told = names.slice(0, namesTold).join(", ");
  return names.length > namesTold ? `${told} and ${names.length - namesTold} more` : told;
}
