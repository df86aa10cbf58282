/**
 * How many milliseconds a service asks to wait: the `Retry-After` header in seconds or as a date (RFC 9110), or what Discord
 * (`retry_after`, seconds), Telegram (`parameters.retry_after`, seconds) and Matrix (`retry_after_ms`) say in their JSON.
 */
export function readRetryAfter(
  headers: Record<string, string | string[] | undefined>,
  text: string,
  now: Date,
): number | undefined {
  const header = [headers["retry-after"]].flat()[0]?.trim();
  if (header !== undefined && /^\d+(?:\.\d+)?$/.test(header)) return Number(header) * 1000;
  const moment = header === undefined ? Number.NaN : Date.parse(header);
  if (!Number.isNaN(moment)) return Math.max(0, moment - now.getTime());
  return readFromBody(text);
}

function readFromBody(text: string): number | undefined {
  const { retry_after: seconds, retry_after_ms: milliseconds, parameters } = parseObject(text);
  const inside = typeof parameters === "object" && parameters !== null ? (parameters as Record<string, unknown>) : {};
  if (isDuration(milliseconds)) return milliseconds;
  const found = [seconds, inside.retry_after].find(isDuration);
  return found === undefined ? undefined : found * 1000;
}

function isDuration(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}

function parseObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}
