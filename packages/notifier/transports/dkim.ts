import { createPrivateKey, type KeyObject } from "node:crypto";
import { readSecret, type Secret } from "@catapullt/core/config/secret";
import { errorMessage } from "@catapullt/core/errors";
import { DeliveryError } from "./delivery-error.ts";
import type { DkimSettings } from "./mail-settings.ts";

/** RFC 8301: receivers take no signature of a shorter key. */
const fewestBits = 1024;

/** How a mail is signed, as nodemailer takes it; rejects where it would silently not do so. */
export async function signingOptions(
  { domain, selector, privateKey }: DkimSettings,
  environment: NodeJS.ProcessEnv,
): Promise<{ domainName: string; keySelector: string; privateKey: string }> {
  const text = await readSecret(privateKey, environment);
  checkKey(text, `the key of \`dkim\`${placeOf(privateKey)}`);
  return { domainName: domain, keySelector: selector, privateKey: text };
}

function checkKey(text: string, name: string): void {
  if (/-----BEGIN [A-Z ]*PUBLIC KEY-----/.test(text))
    throw unusable(`${name} is the public half; the private one signs`);
  if (/ENCRYPTED/.test(text)) throw unusable(`${name} wants a passphrase, which nobody could type at night`);
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = parseKey(text, name);
  if (type !== "rsa") throw unusable(`${name} is of the type ${type}; only RSA is supported, as by most receivers`);
  const bits = details?.modulusLength ?? 0;
  if (bits < fewestBits) throw unusable(`${name} has ${bits} bits; receivers want ${fewestBits} at least`);
}

function parseKey(text: string, name: string): KeyObject {
  try {
    return createPrivateKey(text);
  } catch (error) {
    throw unusable(`${name} is no private key in PEM form: ${errorMessage(error)}`, error);
  }
}

function unusable(problem: string, cause?: unknown): DeliveryError {
  return new DeliveryError(problem, {
    hint: "make one with `openssl genrsa -out FILE 2048`, or leave `dkim` out where the mail server signs",
    isTransient: false,
    cause,
  });
}

function placeOf(secret: Secret): string {
  return typeof secret === "string" ? "" : ` (${Object.values(secret).join("")})`;
}
