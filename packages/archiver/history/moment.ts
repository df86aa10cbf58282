/** `2026-11-24 02:00:00`, in UTC. */
export function formatMoment(time: Date): string {
  return time.toISOString().slice(0, 19).replace("T", " ");
}
