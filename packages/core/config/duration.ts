const pattern = /^(?:(\d+)w)?\s*(?:(\d+)d)?\s*(?:(\d+)h)?\s*(?:(\d+)m)?\s*(?:(\d+)s)?$/;
const unitMilliseconds = [604_800_000, 86_400_000, 3_600_000, 60_000, 1_000];

/** What a duration looks like, for messages. */
export const durationExamples = "90s, 2h, 1d or 1h 30m";

/** Milliseconds of `90s`, `2h`, `1d`, `2w` or `1h 30m`; undefined for anything else. */
export function parseDuration(text: string): number | undefined {
  const match = pattern.exec(text.trim());
  const figures = match?.slice(1);
  if (figures === undefined || figures.every((figure) => figure === undefined)) return undefined;
  const total = figures.reduce((sum, figure, index) => sum + Number(figure ?? 0) * (unitMilliseconds[index] ?? 0), 0);
  return Number.isSafeInteger(total) ? total : undefined;
}
