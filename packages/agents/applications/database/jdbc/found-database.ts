import type { TlsMode } from "../../../databases/engine.ts";
import type { FoundDatabase } from "../settings.ts";
import { readTlsMode } from "../tls-mode.ts";
import type { JdbcUrl } from "./url.ts";

/** What a JDBC URL says of the database; user and password of the URL only, which applications seldom put there. */
export function describeJdbcDatabase(url: JdbcUrl, source: string): FoundDatabase {
  const [first] = url.hosts;
  return {
    kind: url.kind,
    name: url.database ?? (url.kind === "postgresql" ? url.user : undefined),
    host: first?.host,
    port: first?.port,
    socket: url.socket,
    user: url.user,
    file: url.file,
    hostProblem: url.isServiceName ? `${first?.host} is a DNS service name, not the host of one server` : undefined,
    tls: readTls(url),
    password: () => url.password,
    source,
  };
}

function readTls({ parameters }: JdbcUrl): FoundDatabase["tls"] {
  const mode = readTlsMode(parameters.get("sslMode") ?? parameters.get("sslmode")) ?? legacyMode(parameters);
  const caFile = parameters.get("sslrootcert") ?? parameters.get("serverSslCert");
  return mode === undefined ? undefined : { mode, caFile: caFile?.startsWith("/") ? caFile : undefined };
}

// useSSL and its companions came before sslMode.
function legacyMode(parameters: ReadonlyMap<string, string>): TlsMode | undefined {
  const isTrue = (name: string) => parameters.get(name)?.toLowerCase() === "true";
  if (parameters.get("useSSL")?.toLowerCase() === "false" || parameters.get("useSsl")?.toLowerCase() === "false")
    return "disabled";
  if (!isTrue("useSSL") && !isTrue("useSsl")) return undefined;
  if (isTrue("verifyServerCertificate")) return "verify-ca";
  return isTrue("requireSSL") ? "required" : "preferred";
}
