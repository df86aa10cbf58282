import { isUtf8 } from "node:buffer";

/**
 * A file name byte for byte: each character (U+0000 to U+00FF) stands for one byte, as Node's `latin1` encoding has it.
 * File names on Linux need not be UTF-8; these strings keep them exact, compare in byte order and cost little memory.
 */
export type ByteString = string;

export function toByteString(text: string): ByteString {
  return Buffer.from(text, "utf8").toString("latin1");
}

export function toBytes(name: ByteString): Buffer {
  return Buffer.from(name, "latin1");
}

/** A name for people: its text where the bytes are UTF-8, else with every byte that is not ASCII as `\xNN`. */
export function displayName(name: ByteString): string {
  if (isAscii(name)) return name;
  const bytes = toBytes(name);
  if (isUtf8(bytes)) return bytes.toString("utf8");
  return name.replace(/[\u0080-\u00ff]/g, (character) => `\\x${character.charCodeAt(0).toString(16)}`);
}

export function isAscii(name: ByteString): boolean {
  return !/[\u0080-\u00ff]/.test(name);
}

export function isUtf8Name(name: ByteString): boolean {
  return isUtf8(toBytes(name));
}
