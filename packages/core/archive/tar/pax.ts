import type { ByteString } from "./byte-string.ts";

/** Records of a PAX extended header (POSIX.1-2001, `pax`, "pax Extended Header"), values byte for byte. */
export type PaxRecords = Map<string, ByteString>;

/** `"<length> <keyword>=<value>\n"` for each record; the length counts its own digits. */
export function encodePaxRecords(records: PaxRecords): ByteString {
  return Array.from(records, ([keyword, value]) => encodeRecord(keyword, value)).join("");
}

function encodeRecord(keyword: string, value: ByteString): ByteString {
  const rest = ` ${keyword}=${value}\n`;
  let length = rest.length + String(rest.length).length;
  length = rest.length + String(length).length;
  return `${length}${rest}`;
}

/** The records of an extended header, or undefined where it breaks the format. A later record wins over an earlier one. */
export function decodePaxRecords(content: ByteString): PaxRecords | undefined {
  const records: PaxRecords = new Map();
  let position = 0;
  while (position < content.length) {
    const blank = content.indexOf(" ", position);
    const digits = content.slice(position, blank);
    if (blank < 0 || !/^[1-9]\d{0,9}$/.test(digits)) return undefined;
    const end = position + Number(digits);
    const equals = content.indexOf("=", blank);
    if (end > content.length || content[end - 1] !== "\n" || equals < 0 || equals >= end) return undefined;
    records.set(content.slice(blank + 1, equals), content.slice(equals + 1, end - 1));
    position = end;
  }
  return records;
}

const nanosecondsPerSecond = 1_000_000_000n;

/** Nanoseconds since 1970 as PAX writes times: `1700000000.000000001`, `-0.5`; no fraction for whole seconds. */
export function formatPaxTime(nanoseconds: bigint): string {
  const sign = nanoseconds < 0n ? "-" : "";
  const magnitude = nanoseconds < 0n ? -nanoseconds : nanoseconds;
  const fraction = magnitude % nanosecondsPerSecond;
  const digits = fraction === 0n ? "" : `.${String(fraction).padStart(9, "0").replace(/0+$/, "")}`;
  return `${sign}${magnitude / nanosecondsPerSecond}${digits}`;
}

/** The inverse of `formatPaxTime`; digits beyond the nanosecond are cut. Undefined where it is no time. */
export function parsePaxTime(text: string): bigint | undefined {
  const match = /^(-?)(\d{1,18})(?:\.(\d*))?$/.exec(text);
  if (!match) return undefined;
  const [, sign, seconds = "0", fraction = ""] = match;
  const magnitude = BigInt(seconds) * nanosecondsPerSecond + BigInt(fraction.slice(0, 9).padEnd(9, "0"));
  return sign === "-" ? -magnitude : magnitude;
}
