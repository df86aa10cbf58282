import { hostname } from "node:os";
import type { CommandContext } from "@catapullt/core/cli/program";
import type { CommandResult } from "@catapullt/core/cli/result";
import { loadConfig } from "@catapullt/core/config/load";
import { OperationError } from "@catapullt/core/errors";
import { exitCodes } from "@catapullt/core/exit-codes";
import { formatTable } from "@catapullt/core/table";
import { formatDuration } from "@catapullt/core/units";
import { firstTransportHint, notifyConfigDescription } from "../config.ts";
import { type Delivery, deliver } from "../dispatch/deliver.ts";
import { logDeliveries } from "../dispatch/log-deliveries.ts";
import { renderTest } from "../message/render.ts";

/** Sends one message through every transport, whatever its `on` says. */
export async function sendTest({ environment, configFile, log, signal }: CommandContext): Promise<CommandResult> {
  const { config } = await loadConfig(notifyConfigDescription, { file: configFile, environment });
  if (config.transports.length === 0)
    throw new OperationError("config-invalid", "no transport is configured", { hint: firstTransportHint });
  const message = renderTest(hostname(), new Date());
  const deliveries = await deliver(message, config.transports, { environment, signal });
  signal.throwIfAborted();
  logDeliveries(deliveries, log);
  return {
    text: formatTable(
      [
        { title: "TRANSPORT", value: ({ transport }) => transport },
        { title: "RESULT", value: resultOf },
        { title: "TIME", value: ({ duration }) => formatDuration(duration), align: "right" },
      ],
      deliveries,
    ),
    json: deliveries.map((delivery) => ({
      transport: delivery.transport,
      result: resultOf(delivery),
      tries: delivery.tries,
      seconds: Number((delivery.duration / 1000).toFixed(3)),
      problem: delivery.failure?.message ?? null,
      hint: delivery.failure?.hint ?? null,
    })),
    exitCode: deliveries.some(({ failure }) => failure !== undefined) ? exitCodes.failed : exitCodes.done,
  };
}

function resultOf({ failure }: Delivery): "sent" | "failed" {
  return failure === undefined ? "sent" : "failed";
}
