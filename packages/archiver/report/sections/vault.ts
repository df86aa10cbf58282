import { formatBytes } from "@catapullt/core/units";
import { describeSpace } from "../../health/space.ts";
import { timeChart } from "../charts/time-chart.ts";
import type { ReportFacts } from "../facts.ts";
import { html, type Markup } from "../page/markup.ts";

const day = 86_400_000;
const furthest = 180;

/** How full the vault is, and when it will be full if it goes on like this. */
export function renderVault({ space, vaultSizes, now }: ReportFacts): Markup | undefined {
  const last = vaultSizes.at(-1);
  if (space === undefined || last === undefined) return undefined;
  const { freeBytes, growthPerDay, daysLeft } = space;
  const ahead = Math.min(daysLeft ?? 0, furthest, Math.max(30, vaultSizes.length));
  const forecast =
    daysLeft === null || growthPerDay === null || ahead === 0
      ? undefined
      : { time: new Date(now.getTime() + ahead * day), value: last.bytes + ahead * growthPerDay };
  const capacity = last.bytes + freeBytes;
  const isNear = (forecast?.value ?? last.bytes) > capacity / 4;
  const text = describeSpace(space);
  const chart = {
    points: vaultSizes.map(({ time, bytes }) => ({ time, value: bytes })),
    forecast,
    limit: isNear ? { value: capacity, name: `full: ${formatBytes(capacity)}` } : undefined,
    label: `bytes in the vault by day; ${text}`,
    format: formatBytes,
  };
  // Letters of a chart are scaled with it: a phone and a desk each get their own.
  return html`<section aria-labelledby="vault"><h2 id="vault">Vault</h2><div class="card"><div class="wide">${timeChart({ ...chart, width: 1100, height: 190 })}</div><div class="narrow">${timeChart(chart)}</div><p>${text}${forecast === undefined ? "" : ". Dashed: if it goes on like this"}</p></div></section>`;
}
