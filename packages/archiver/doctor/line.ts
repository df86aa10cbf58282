/** One thing that was looked at. */
export interface DoctorLine {
  /** Empty for what is about the vault. */
  host: string;
  /** Such as `host key`. */
  check: string;
  status: "ok" | "warn" | "fail";
  message: string;
  /** What to do, where something is to be done. */
  fix: string | null;
}

/** Collects the lines of one host, or of the vault. */
export function createLines(host: string) {
  const lines: DoctorLine[] = [];
  return {
    lines,
    ok: (check: string, message: string) => void lines.push({ host, check, status: "ok", message, fix: null }),
    warn: (check: string, message: string, fix: string) =>
      void lines.push({ host, check, status: "warn", message, fix }),
    fail: (check: string, message: string, fix: string | undefined) =>
      void lines.push({ host, check, status: "fail", message, fix: fix ?? null }),
  };
}

export type Lines = ReturnType<typeof createLines>;
