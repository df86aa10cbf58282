/** Works on all items, `limit` at a time; results in their order. Rejects with the first failure when all have ended. */
export async function eachAtOnce<Item, Result>(
  items: readonly Item[],
  limit: number,
  action: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = new Array(items.length);
  const queue = items.entries();
  const work = async () => {
    for (const [index, item] of queue) results[index] = await action(item, index);
  };
  const settled = await Promise.allSettled(Array.from({ length: Math.min(limit, items.length) }, work));
  for (const one of settled) if (one.status === "rejected") throw one.reason;
  return results;
}
