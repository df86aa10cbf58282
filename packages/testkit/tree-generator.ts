import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createRandom, createRandomBytes, randomInteger } from "./random.ts";

export interface GeneratedTreeOptions {
  files: number;
  /** Size of all contents, in bytes. */
  bytes: number;
  seed?: number;
}

const filesPerDirectory = 50;
const textPoolSize = 32 * 1024 * 1024;

/**
 * Writes a tree like an application's attachments: sizes from a few bytes to some megabytes (most files small, most bytes in
 * large ones), about half of the bytes compressed already (pictures, office documents), the other half text. The same
 * options give the same tree.
 */
export function generateTree(root: string, { files, bytes, seed = 1 }: GeneratedTreeOptions): void {
  const random = createRandom(seed);
  const randomBytes = createRandomBytes(seed);
  const text = generateText(Math.min(textPoolSize, Math.max(bytes, 4096)), seed);
  const sizes = spreadSizes(files, bytes, random);
  sizes.forEach((size, index) => {
    const directory = join(root, ...directoryOf(index));
    if (index % filesPerDirectory === 0) mkdirSync(directory, { recursive: true });
    const isText = random() < 0.5;
    const content = isText ? takeText(text, size, random) : randomBytes(size);
    writeFileSync(join(directory, `${index}.${isText ? "xml" : "jpg"}`), content);
  });
}

/** Log-normal sizes with the given sum: a median of an eighth of the mean. */
function spreadSizes(count: number, total: number, random: () => number): number[] {
  const weights = Array.from({ length: count }, () => Math.exp(2 * normal(random)));
  const sum = weights.reduce((left, right) => left + right, 0);
  const sizes = weights.map((weight) => Math.floor((weight / sum) * total));
  const rest = total - sizes.reduce((left, right) => left + right, 0);
  return sizes.map((size, index) => (index === 0 ? size + rest : size));
}

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

function directoryOf(index: number): string[] {
  const directory = Math.floor(index / filesPerDirectory);
  return [`space-${directory % 20}`, `page-${directory}`];
}

function takeText(text: Buffer, size: number, random: () => number): Buffer {
  if (size <= text.length) {
    const offset = randomInteger(random, text.length - size + 1);
    return text.subarray(offset, offset + size);
  }
  return Buffer.concat(Array.from({ length: Math.ceil(size / text.length) }, () => text)).subarray(0, size);
}

/** Words in rows with numbers between them: compresses about as well as SQL, XML and logs do. */
export function generateText(size: number, seed = 1): Buffer {
  const random = createRandom(seed);
  const words = Array.from({ length: 4000 }, () =>
    randomInteger(random, 36 ** (2 + randomInteger(random, 6))).toString(36),
  );
  const lines: string[] = [];
  let length = 0;
  while (length < size) {
    const row = Array.from({ length: 12 }, () => words[Math.floor(random() ** 2 * words.length)]);
    const line = `<row id="${length}" time="${randomInteger(random, 1_000_000_000)}">${row.join(" ")}</row>\n`;
    lines.push(line);
    length += line.length;
  }
  return Buffer.from(lines.join("")).subarray(0, size);
}
