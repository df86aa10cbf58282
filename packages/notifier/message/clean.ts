import { stripVTControlCharacters } from "node:util";
import { redact } from "@catapullt/core/log/redaction";
import { maskSecretPatterns } from "./mask.ts";

const longestText = 2_000;

/** Text from outside on one line: no control or direction characters, no secrets, not endless. */
export function cleanLine(text: string): string {
  return cleanText(text).replace(/\s+/g, " ").trim();
}

/** The same for text that may have several lines. */
export function cleanText(text: string): string {
  // Before and after: a secret may hold what is removed, or be split by it.
  return shorten(hideSecrets(removeControls(hideSecrets(text))), longestText);
}

export function hideSecrets(text: string): string {
  return maskSecretPatterns(redact(text));
}

/** Removes escape sequences, and all control characters but line feeds; tabs become blanks. */
export function removeControls(text: string): string {
  return stripVTControlCharacters(text)
    .replaceAll("\t", "    ")
    .replace(/[\u2028\u2029]/g, "\n")
    .replace(/(?!\n)[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu, "")
    .toWellFormed();
}

export function shorten(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit - 1)}…`.toWellFormed();
}
