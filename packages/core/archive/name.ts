const namePattern = /^([a-z0-9][a-z0-9.-]{0,62})_(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z\.tar(?:\.(zst|gz))?$/;
const applicationPattern = /^[a-z0-9][a-z0-9.-]{0,62}$/;
const extensions = { zstd: ".tar.zst", gzip: ".tar.gz", none: ".tar" } as const;
const compressions = { zst: "zstd", gz: "gzip" } as const;

export const sidecarSuffix = ".sha1";

export type Compression = keyof typeof extensions;

export interface ArchiveName {
  application: string;
  /** When the backup began, to the second. */
  time: Date;
  compression: Compression;
}

export function isApplicationName(text: string): boolean {
  return applicationPattern.test(text);
}

/** `confluence_20261123T020000Z.tar.zst` */
export function formatArchiveName({ application, time, compression }: ArchiveName): string {
  return `${application}_${formatArchiveTime(time)}${extensions[compression]}`;
}

/** `20261123T020000Z` */
export function formatArchiveTime(time: Date): string {
  return `${time.toISOString().slice(0, 19).replace(/[-:]/g, "")}Z`;
}

/** The parts of an archive's base name; undefined for any name that these tools did not make, the 31st of February included. */
export function parseArchiveName(name: string): ArchiveName | undefined {
  const match = namePattern.exec(name);
  if (!match) return undefined;
  const [, application = "", year, month, day, hour, minute, second, suffix] = match;
  const time = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  const compression = suffix === undefined ? "none" : compressions[suffix as keyof typeof compressions];
  const parsed: ArchiveName = { application, time, compression };
  return !Number.isNaN(time.getTime()) && formatArchiveName(parsed) === name ? parsed : undefined;
}
