import { applyRetention } from "@catapullt/core/retention/policy";
import type { Finding, FindingKind } from "../health/finding.ts";
import type { KeptArchive, PastBackup, ReportedApplication, ReportFacts, VaultSize } from "../report/facts.ts";
import { compareApplications, rankOf } from "../report/severity.ts";

const hour = 3_600_000;
const day = 24 * hour;
const now = new Date("2026-11-24T06:00:00Z");
const policy = { last: 3, daily: 7, weekly: 4, monthly: 12, yearly: 2 };

interface Sample {
  host: string;
  application: string;
  version: string;
  /** Bytes a year ago, and by which part they grow in a year. */
  bytes: number;
  growth: number;
  days: number;
  finding?: { kind: FindingKind; message: string };
  isExpected?: boolean;
  isNeverProven?: boolean;
}

const company: readonly Sample[] = [
  { host: "wiki01", application: "confluence", version: "9.2.4", bytes: 3.4e9, growth: 0.4, days: 412 },
  { host: "jira01", application: "jira", version: "10.3.1", bytes: 1.9e9, growth: 0.25, days: 412 },
  {
    host: "jira01",
    application: "assets",
    version: "10.3.1",
    bytes: 240e6,
    growth: 0.1,
    days: 160,
    finding: {
      kind: "unproven",
      message: "the last proof that it restores is 47 d 3 h old, at most 30 d is expected: run archiver drill jira01",
    },
  },
  { host: "git01", application: "gitea", version: "1.24.2", bytes: 8.1e9, growth: 0.8, days: 300 },
  {
    host: "shop01",
    application: "shop",
    version: "4.18.0",
    bytes: 620e6,
    growth: 0.6,
    days: 230,
    finding: {
      kind: "shrunk",
      message:
        "shop_20261124T020000Z.tar.zst has 330 MB, the median of the last ten is 951 MB: look at it; if that is right, run archiver check --accept shop01/shop",
    },
  },
  {
    host: "mail01",
    application: "roundcube",
    version: "1.7.0",
    bytes: 88e6,
    growth: 0.05,
    days: 412,
    finding: {
      kind: "stale",
      message:
        "no backup since 2026-11-22 02:00 UTC (expected 2026-11-23 02:00 UTC): the host was not reached by the last pull: connect ECONNREFUSED 10.4.0.17:22",
    },
  },
  { host: "crm01", application: "intranet", version: "2.4", bytes: 410e6, growth: 0.15, days: 95 },
  { host: "crm01", application: "crm", version: "2026.10", bytes: 1.1e9, growth: 0.2, days: 380 },
  {
    host: "lab01",
    application: "notebooks",
    version: "7.4",
    bytes: 150e6,
    growth: 0.9,
    days: 40,
    isExpected: false,
    isNeverProven: true,
  },
  {
    host: "erp01",
    application: "erp",
    version: "",
    bytes: 0,
    growth: 0,
    days: 0,
    finding: {
      kind: "missing",
      message: "never: nothing of it has come into the vault: run backup-agent doctor erp on erp01",
    },
  },
];

/** A company with ten applications, some of which are not well. Always the same. */
export function companyFacts(): ReportFacts {
  return factsOf(company, [
    "lab01: nobody expects notebooks: set `expect: { notebooks: { every: 24h } }` below hosts.lab01",
  ]);
}

/** The same, a hundred times. */
export function thousandFacts(): ReportFacts {
  const samples = Array.from({ length: 1000 }, (_, index) => {
    const { finding, ...sample } = company[index % company.length] as Sample;
    const host = `${sample.host.slice(0, -2)}${String(Math.floor(index / company.length) + 1).padStart(3, "0")}`;
    const isIll = finding !== undefined && index % 130 < 10;
    return {
      ...sample,
      host,
      days: Math.max(sample.days, isIll ? 0 : 30),
      bytes: sample.bytes || 5e7,
      ...(isIll ? { finding, days: sample.days } : {}),
    };
  });
  return factsOf(samples, []);
}

/** Names that somebody chose who means harm, or did not think of pages. */
export function hostileFacts(attack: string): ReportFacts {
  const [wiki] = company as [Sample];
  const sample = {
    ...wiki,
    host: attack,
    application: attack,
    version: attack,
    finding: { kind: "stale" as const, message: attack },
  };
  const facts = factsOf(
    [sample, { ...wiki, host: "h".repeat(250), application: "a".repeat(63), version: "v".repeat(300) }],
    [attack],
  );
  return { ...facts, vault: attack, hostName: attack, part: attack };
}

/** Nothing is configured, and nothing is here. */
export function emptyFacts(): ReportFacts {
  return { ...factsOf([], ["no backup is expected from any host, so none can be missed"]), vaultSizes: [] };
}

function factsOf(samples: readonly Sample[], notes: readonly string[]): ReportFacts {
  const applications = samples.map(applicationOf).sort(compareApplications);
  const findings = applications.flatMap((application) => application.findings);
  const held = applications.flatMap(({ archives }) => archives).reduce((sum, { bytes }) => sum + bytes, 0);
  const growthPerDay = Math.round(held / 900);
  const freeBytes = Math.round(held * 0.22);
  return {
    now,
    hostName: "backup01",
    vault: "/srv/backups",
    part: undefined,
    healthy: findings.length === 0,
    findings: findings.toSorted((one, other) => rankOf(one.kind) - rankOf(other.kind)),
    notes,
    applications,
    space: {
      freeBytes,
      nextBytes: held / 20,
      growthPerDay,
      daysLeft: growthPerDay === 0 ? null : Math.floor(freeBytes / growthPerDay),
    },
    vaultSizes: vaultSizes(held, growthPerDay),
  };
}

function vaultSizes(held: number, growthPerDay: number): VaultSize[] {
  return Array.from({ length: 180 }, (_, index) => {
    const age = 179 - index;
    return {
      time: new Date(now.getTime() - age * day),
      bytes: Math.round(held - age * growthPerDay + (wave(age, 3) - wave(0, 3)) * held * 0.012),
    };
  });
}

function applicationOf(sample: Sample): ReportedApplication {
  const { host, application, finding, isExpected = true, isNeverProven = false } = sample;
  const backups = backupsOf(sample);
  const all = backups.map((backup) => ({ ...backup, name: nameOf(application, backup.time) }));
  const { keep } = applyRetention(all, policy, { now, timeZone: "UTC" });
  const kept = new Map(keep.map(({ archive, reasons }) => [archive.name, reasons]));
  const provenAt = isNeverProven
    ? undefined
    : new Date(now.getTime() - (finding?.kind === "unproven" ? 47.1 : 12.3) * day);
  const archives: KeptArchive[] = all
    .filter(({ name }, index) => kept.has(name) || index === all.length - 12)
    .map((archive) => ({
      name: archive.name,
      time: archive.time,
      bytes: archive.bytes,
      seconds: archive.seconds,
      version: sample.version,
      verifiedAt: new Date(archive.time.getTime() + 2 * hour),
      provenAt: undefined,
      action: kept.has(archive.name) ? ("keep" as const) : ("remove" as const),
      reasons: kept.get(archive.name) ?? ["no rule keeps it"],
    }))
    .reverse();
  const [newest] = archives;
  const held = new Set(archives.map(({ time }) => time));
  const findings: Finding[] = finding === undefined ? [] : [{ host, application, ...finding }];
  return {
    host,
    application,
    state: finding?.kind ?? "ok",
    isExpected,
    missing: undefined,
    causes: [],
    times: {
      expected: undefined,
      ran: undefined,
      finished: undefined,
      pulled: undefined,
      verified: undefined,
      proven: undefined,
    },
    newest: newest && {
      ...newest,
      host,
      application,
      sha1: "0".repeat(40),
      verifiedAt: newest.verifiedAt?.toISOString(),
      provenAt: undefined,
      recoverySeconds: undefined,
      findings: undefined,
      arrivedAt: newest.time,
      goneAt: undefined,
      contents: undefined,
    },
    findings,
    backups: backups.map((backup) => ({ ...backup, isHeld: held.has(backup.time) })),
    archives,
    lastProof: newest === undefined ? undefined : provenAt,
  };
}

function backupsOf({ bytes, growth, days, finding }: Sample): PastBackup[] {
  const first = finding?.kind === "stale" ? 2 : 0;
  return Array.from({ length: Math.max(0, days - first) }, (_, index) => {
    const age = days - 1 - index;
    const usual = bytes * (1 + (growth * (365 - age)) / 365) * (1 + 0.012 * wave(age, days % 7));
    const size = Math.round(finding?.kind === "shrunk" && age === 0 ? usual * 0.35 : usual);
    const seconds = Math.round(20 + (size / 1e7) * (1 + 0.12 * wave(age, 5)));
    return { time: new Date(now.getTime() - age * day - 4 * hour), bytes: size, seconds, isHeld: true };
  });
}

/** Something like noise, from -1 to 1, and always the same. */
function wave(index: number, phase: number): number {
  return Math.sin(index * 12.9898 + phase * 78.233) * Math.cos(index * 4.1414 + phase);
}

function nameOf(application: string, time: Date): string {
  return `${application}_${time.toISOString().replace(/[-:]|\.\d+/g, "")}.tar.zst`;
}
