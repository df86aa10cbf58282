import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { errorMessage } from "@catapullt/core/errors";
import { documentOf } from "../message/document.ts";
import type { Message } from "../message/message.ts";
import { DeliveryError } from "./delivery-error.ts";
import type { FileSettings } from "./local-settings.ts";
import type { Transport } from "./transport.ts";

const { O_APPEND, O_CREAT, O_WRONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
const mode = 0o600;

/** Appends to a file: JSON Lines of `MessageDocument`, or text. A link, a pipe or a device is refused. */
export function createFileTransport({ path, format }: FileSettings): Transport {
  const entryFor = (message: Message) =>
    format === "json" ? `${JSON.stringify(documentOf(message))}\n` : textEntry(message);
  return {
    name: `file ${path}`,
    preview: async (message) => ({ text: entryFor(message).trimEnd() }),
    async send(message) {
      try {
        await append(path, entryFor(message));
      } catch (error) {
        if (error instanceof DeliveryError || !(error instanceof Error && "code" in error)) throw error;
        throw new DeliveryError(`${path} cannot be written: ${errorMessage(error)}`, {
          hint: "its directory must exist, and this user must be able to write there",
          isTransient: false,
          cause: error,
        });
      }
    },
  };
}

async function append(path: string, entry: string): Promise<void> {
  const handle = await open(path, O_APPEND | O_CREAT | O_WRONLY | O_NOFOLLOW | O_NONBLOCK, mode);
  try {
    if (!(await handle.stat()).isFile()) {
      throw new DeliveryError(`${path} is no regular file`, { hint: "set `path` to a file", isTransient: false });
    }
    await handle.appendFile(entry);
  } finally {
    await handle.close();
  }
}

// Each entry begins with a line that no text of a message can be, since those are indented.
function textEntry({ time, subject, text }: Message): string {
  return `${time.toISOString()} ${subject}\n${text.trimEnd().replace(/^(?=.)/gm, "  ")}\n\n`;
}
