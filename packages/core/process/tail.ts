import type { Readable } from "node:stream";

/** Reads a stream to its end and keeps its last `limit` bytes; returns how to get them as text. */
export function keepTail(stream: Readable, limit: number): () => string {
  let chunks: Buffer[] = [];
  let size = 0;
  stream.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    size += chunk.length;
    if (size > 2 * limit) {
      chunks = [Buffer.concat(chunks).subarray(-limit)];
      size = limit;
    }
  });
  return () => Buffer.concat(chunks).subarray(-limit).toString("utf8");
}
