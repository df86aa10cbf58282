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
