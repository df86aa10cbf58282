import { readFile } from "node:fs/promises";
import { getCACertificates } from "node:tls";
import { errorMessage } from "@catapullt/core/errors";
import { DeliveryError } from "./delivery-error.ts";

/** The usual authorities and that of `caFile`, as PEM; undefined, which means the usual ones, where there is no file. */
export async function trustedAuthorities(caFile: string | undefined): Promise<string[] | undefined> {
  return caFile === undefined ? undefined : [...getCACertificates("default"), await readAuthority(caFile)];
}

async function readAuthority(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new DeliveryError(`the certificate authority's file ${file} cannot be read: ${errorMessage(error)}`, {
      hint: "correct `caFile`, or leave it out for a certificate that everybody trusts",
      isTransient: false,
      cause: error,
    });
  }
}
