import type { OutputChunk } from "rolldown";

type ChunkFacts = Pick<OutputChunk, "fileName" | "imports" | "moduleIds">;

/**
 * For each list of modules, all modules that are loaded with them, and with none of the lists before. Read as one file, they
 * start in half the time that they take as many. Pure.
 */
export function groupByStart(chunks: readonly ChunkFacts[], starts: readonly (readonly string[])[]): Set<string>[] {
  const byName = new Map(chunks.map((chunk) => [chunk.fileName, chunk]));
  const taken = new Set<string>();
  return starts.map((modules) => {
    const first = chunks.filter(({ moduleIds }) => moduleIds.some((id) => modules.some((end) => id.endsWith(end))));
    const fresh = [...reach(first, byName)].flatMap(({ moduleIds }) => moduleIds).filter((id) => !taken.has(id));
    for (const id of fresh) taken.add(id);
    return new Set(fresh);
  });
}

/** These chunks, and all that they import when they are loaded. */
function reach(first: readonly ChunkFacts[], byName: ReadonlyMap<string, ChunkFacts>): Set<ChunkFacts> {
  const reached = new Set<ChunkFacts>();
  const waiting = [...first];
  for (let chunk = waiting.pop(); chunk !== undefined; chunk = waiting.pop()) {
    if (reached.has(chunk)) continue;
    reached.add(chunk);
    waiting.push(...chunk.imports.map((name) => byName.get(name)).filter((found) => found !== undefined));
  }
  return reached;
}
