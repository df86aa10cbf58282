import type { DailyFlow } from "../catalog/catalog.ts";
import type { VaultSize } from "./facts.ts";

const day = 86_400_000;
const daysShown = 180;

/** What the vault held at the end of each of the last days, counted back from what it holds now. Pure. */
export function vaultSizes({
  heldBytes,
  flows,
  now,
}: {
  heldBytes: number;
  flows: readonly DailyFlow[];
  now: Date;
}): VaultSize[] {
  const [first] = flows;
  if (first === undefined) return [];
  const net = new Map(flows.map((flow) => [flow.day, flow.arrived - flow.left]));
  const sizes: VaultSize[] = [{ time: now, bytes: heldBytes }];
  let bytes = heldBytes;
  const today = Math.floor(now.getTime() / day) * day;
  for (let time = today; time > today - daysShown * day; time -= day) {
    const text = new Date(time).toISOString().slice(0, 10);
    if (text < first.day) break;
    bytes = Math.max(0, bytes - (net.get(text) ?? 0));
    sizes.push({ time: new Date(time), bytes });
  }
  return sizes.reverse();
}
