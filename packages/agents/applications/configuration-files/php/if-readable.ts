import { OperationError } from "@catapullt/core/errors";

/**
 * What a drill reads from restored configuration; undefined where that is not possible: it may be in the archive of the keys,
 * or depend on the environment of another host. That is no fault of the data.
 */
export async function ifReadable<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof OperationError) return undefined;
    throw error;
  }
}
