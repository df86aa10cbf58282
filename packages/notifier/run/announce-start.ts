import { errorMessage, OperationError } from "@catapullt/core/errors";
import type { Logger } from "@catapullt/core/log/logger";
import type { NotifyConfig } from "../config.ts";

/** How long a start may take to be told, in milliseconds: the end of the run waits for it. */
const patience = 10_000;

/**
 * Tells the services that measure runs that one begins, once and without trying again: its end is told in any case. Never
 * rejects.
 */
export async function announceStart(
  { transports }: NotifyConfig,
  { environment, log }: { environment: NodeJS.ProcessEnv; log: Logger },
): Promise<void> {
  const listening = transports.filter(
    (settings) => settings.type === "healthchecks" && settings.start && (settings.on?.includes("success") ?? true),
  );
  if (listening.length === 0) return;
  const { createTransport } = await import("../transports/registry.ts");
  await Promise.all(
    listening.map(async (settings) => {
      const transport = await createTransport(settings);
      try {
        await transport.announceStart?.({ environment, signal: AbortSignal.timeout(patience) });
      } catch (error) {
        const hint = error instanceof OperationError && error.hint !== undefined ? `\n${error.hint}` : "";
        log.warn(`the start was not told to ${transport.name}: ${errorMessage(error)}${hint}`);
      }
    }),
  );
}
