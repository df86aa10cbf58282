import type { TlsMode } from "../../databases/engine.ts";

// `sslmode` of libpq and of PostgreSQL's drivers, `sslMode` and `ssl_mode` of MySQL's, `tls` of the one for Go.
const modes: Record<string, TlsMode> = {
  disabled: "disabled",
  disable: "disabled",
  false: "disabled",
  allow: "preferred",
  prefer: "preferred",
  preferred: "preferred",
  require: "required",
  required: "required",
  trust: "required",
  "skip-verify": "required",
  "verify-ca": "verify-ca",
  true: "verify-identity",
  "verify-identity": "verify-identity",
  "verify-full": "verify-identity",
};

/** What a driver's word for the encryption of a connection means; undefined for none, and for one that is not known. */
export function readTlsMode(word: string | undefined): TlsMode | undefined {
  return modes[(word ?? "").toLowerCase().replaceAll("_", "-")];
}
