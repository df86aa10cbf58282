import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { systemProgram } from "./system-packages.ts";

export interface TestCertificates {
  /** PEM file of the authority that signed `certificate`: what a client must trust. */
  authorityFile: string;
  /** PEM. */
  certificate: string;
  key: string;
}

export interface CertificateOptions {
  /** The only name that the server's certificate is for; `localhost` and 127.0.0.1 if absent. */
  name?: string | undefined;
  /** True for one that ended yesterday. */
  isExpired?: boolean | undefined;
}

/** Makes, in `directory`, a certificate authority of its own and a server certificate. */
export async function makeCertificates(
  directory: string,
  { name, isExpired = false }: CertificateOptions = {},
): Promise<TestCertificates> {
  const path = (file: string) => join(directory, file);
  const openssl = (...args: string[]) => execa(systemProgram("openssl"), args);
  const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-noenc"];
  await openssl(
    ...["req", "-x509", ...newKey, "-keyout", path("authority.key"), "-out", path("authority.pem"), "-days", "2"],
    ...["-subj", "/CN=Throwaway authority", "-addext", "keyUsage=critical,keyCertSign"],
  );
  const names = name === undefined ? "DNS:localhost,IP:127.0.0.1" : `DNS:${name}`;
  writeFileSync(path("extensions"), `subjectAltName=${names}\n`);
  await openssl(
    ...["req", ...newKey, "-keyout", path("server.key"), "-out", path("server.request"), "-subj", "/CN=localhost"],
  );
  await openssl(
    ...["x509", "-req", "-in", path("server.request"), "-out", path("server.pem"), "-days", isExpired ? "-1" : "2"],
    ...["-CA", path("authority.pem"), "-CAkey", path("authority.key"), "-CAcreateserial"],
    ...["-extfile", path("extensions")],
  );
  return {
    authorityFile: path("authority.pem"),
    certificate: readFileSync(path("server.pem"), "utf8"),
    key: readFileSync(path("server.key"), "utf8"),
  };
}
