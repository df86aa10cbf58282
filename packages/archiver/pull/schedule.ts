export interface ScheduleOptions<Item> {
  /** How many items are worked on at once. */
  atOnce: number;
  /** The next item begins only while fewer bytes than these are expected of those that have begun. */
  bytesAtOnce: number;
  /** Bytes that an item is expected to bring. */
  bytesOf: (item: Item) => number;
}

/** Works on one item, and tells of the bytes that have come. */
export type Work<Item> = (item: Item, came: (bytes: number) => void) => Promise<void>;

/**
 * Works on items in their order: many small ones at once, so that no one waits for another one's answers, and a large one by
 * itself until most of it has come. After a failure nothing is begun any more; rejects with the first one when all have ended.
 */
export function runSchedule<Item>(
  items: readonly Item[],
  { atOnce, bytesAtOnce, bytesOf }: ScheduleOptions<Item>,
  work: Work<Item>,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const queue = [...items].reverse();
    let underWay = 0;
    let outstanding = 0;
    let failure: { error: unknown } | undefined;

    const begin = (item: Item) => {
      let left = bytesOf(item);
      const came = (bytes: number) => {
        const counted = Math.min(bytes, left);
        left -= counted;
        outstanding -= counted;
        proceed();
      };
      underWay += 1;
      outstanding += left;
      work(item, came)
        .catch((error: unknown) => {
          failure ??= { error };
        })
        .finally(() => {
          underWay -= 1;
          came(left);
        });
    };
    const proceed = () => {
      while (failure === undefined && underWay < atOnce && outstanding < bytesAtOnce) {
        const item = queue.pop();
        if (item === undefined) break;
        begin(item);
      }
      if (underWay > 0) return;
      if (failure === undefined) resolve();
      else reject(failure.error);
    };
    proceed();
  });
}
