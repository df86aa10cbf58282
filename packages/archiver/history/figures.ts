/** The middle one of some figures, or the mean of the two in the middle; undefined of none. */
export function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((one, other) => one - other);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.ceil(sorted.length / 2) - 1];
  return upper === undefined || lower === undefined ? undefined : (lower + upper) / 2;
}

/** How far a size is from an earlier one, for people: `+3.2 %`, `-50 %`, `x12`, `=`; `-` where there is nothing to compare with. */
export function formatChange(bytes: number, before: number | undefined): string {
  if (before === undefined || before === 0) return "-";
  if (bytes === before) return "=";
  if (bytes >= before * 10) return `x${Math.round(bytes / before)}`;
  const percent = (bytes / before - 1) * 100;
  const figure = Math.abs(percent).toFixed(Math.abs(percent) < 9.95 ? 1 : 0);
  if (figure === "0.0") return "0.0 %";
  return `${percent < 0 ? "-" : "+"}${figure} %`;
}
