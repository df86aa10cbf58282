import { errorMessage } from "@catapullt/core/errors";
import type { NotifyContext } from "../notify-context.ts";
import type { SpoolFile } from "./file-name.ts";
import { countGivenUp, describeGivenUp, sumGivenUp } from "./given-up.ts";
import { chooseGivenUp } from "./limit.ts";
import { listSpool, removeEntry, sizeOfEntry } from "./store.ts";

type GiveUpContext = Pick<NotifyContext, "config" | "stateDirectory" | "log">;

/** Keeps the spool within its bounds. */
export async function limitSpool(context: GiveUpContext): Promise<void> {
  const { stateDirectory, config } = context;
  const files = await listSpool(stateDirectory);
  const sized = await Promise.all(
    files.map(async (file) => ({ ...file, bytes: await sizeOfEntry(stateDirectory, file.name) })),
  );
  const { messages, size } = config.spool;
  await giveUp(chooseGivenUp(sized, { messages, bytes: size }), context, "there is no more room in the spool");
}

/** Removes messages that will not be sent: it is logged, counted, and told with the next message. */
export async function giveUp(files: readonly SpoolFile[], context: GiveUpContext, reason: string): Promise<void> {
  const { stateDirectory, log } = context;
  const removed: SpoolFile[] = [];
  for (const file of files) if (await removeEntry(stateDirectory, file.name)) removed.push(file);
  const sum = sumGivenUp(
    removed.map(({ queuedAt, isSuccess }) => ({
      messages: 1,
      successes: isSuccess ? 1 : 0,
      from: queuedAt,
      to: queuedAt,
    })),
  );
  if (sum === undefined) return;
  log.error(`${reason}: ${describeGivenUp(sum)}\nfind out with \`notify flush\` why they cannot be sent`);
  try {
    await countGivenUp(stateDirectory, removed);
  } catch (error) {
    log.warn(`the next message will not tell of it: ${errorMessage(error)}`);
  }
}
