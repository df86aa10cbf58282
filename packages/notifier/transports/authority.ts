import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { getCACertificates } from "node:tls";
import { errorMessage } from "@catapullt/core/errors";
import { DeliveryError } from "./delivery-error.ts";

/** The usual authorities and that of `caFile`, as PEM; undefined, which means the usual ones, where there is no file. */
export async function trustedAuthorities(caFile: string | undefined): Promise<string[] | undefined> {
  return caFile === undefined ? undefined : [...getCACertificates("default"), await readAuthority(caFile)];
}

/** What to do about a certificate that Node refuses with this code; `key` names where the other side's name stands. */
export function hintForCertificate(code: string, key: "host" | "url"): string {
  return /EXPIRED|NOT_YET_VALID/.test(code)
    ? "the certificate must be renewed at the server; or is this host's clock wrong?"
    : `name the authority that signed it with \`caFile\`; ${key === "host" ? "`host` must be a name that stands" : "the name in `url` must stand"} in the certificate`;
}

async function readAuthority(file: string): Promise<string> {
  const text = await readText(file);
  const certificates = text.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  if (certificates.length > 0 && certificates.every(isCertificate)) return text;
  throw new DeliveryError(`the certificate authority's file ${file} holds no certificate in PEM form`, {
    hint: "`caFile` must hold the authority's certificate, from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----",
    isTransient: false,
  });
}

async function readText(file: string): Promise<string> {
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

// Else connections would fail with errors of OpenSSL that name no file.
function isCertificate(pem: string): boolean {
  try {
    new X509Certificate(pem);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error) return false;
    throw error;
  }
}
