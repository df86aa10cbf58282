import { type ParsedMail, simpleParser } from "mailparser";

/** A whole mail, taken apart. */
export function readMail(content: Buffer): Promise<ParsedMail> {
  return simpleParser(content);
}
