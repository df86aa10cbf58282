import { errorMessage } from "@catapullt/core/errors";
import type { Logger } from "@catapullt/core/log/logger";
import type { NotifyConfig } from "../config.ts";
import { createTransport } from "../transports/registry.ts";

/**
 * Loads the code that tells of a run while its command runs: nobody waits for it then, and an update of notify that comes in
 * between does not take it away. Never rejects; what cannot be loaded now is tried again when it is used.
 */
export async function loadTelling({ transports }: Pick<NotifyConfig, "transports">, log: Logger): Promise<void> {
  try {
    await import("../tell.ts");
    await Promise.all([
      import("./report.ts"),
      import("../running/report-crashes.ts"),
      ...transports.map(createTransport),
    ]);
    log.debug("all that tells of the run is loaded: notify itself may be updated from now on");
  } catch (error) {
    log.debug(`what tells of the run could not be loaded yet: ${errorMessage(error)}`);
  }
}
