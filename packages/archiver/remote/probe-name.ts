import { randomBytes } from "node:crypto";

/** Hidden, so that neither an agent nor a pull takes it for anything, should it ever stay. */
export function probeName(): string {
  return `.archiver-doctor-${randomBytes(6).toString("hex")}`;
}
