import { OperationError } from "@catapullt/core/errors";

export interface StoredPassword {
  /** As it stands in the application's configuration, after XML or properties decoding. */
  value: string;
  /** The class that decodes it, where the application names one. */
  decoder: string | undefined;
  /** The file that holds it, for messages. */
  source: string;
  /** The agent's key that takes the password instead: `applications.confluence.database.password`. */
  key: string;
  /** The application's program files, where its own decryption tool lies. */
  install: string | undefined;
  /** Where in them. Default: `bin`. */
  toolDirectory?: string | undefined;
}

const base64Decoders = [
  "com.atlassian.db.config.password.ciphers.base64.Base64Cipher",
  "com.atlassian.secrets.store.base64.Base64SecretStore",
];

// The vendor's tool for each generation of its ciphers.
const decryptionTools = [
  {
    decoder: "com.atlassian.db.config.password.ciphers.algorithm.AlgorithmCipher",
    tool: "com.atlassian.db.config.password.tools.CipherTool",
  },
  {
    decoder: "com.atlassian.secrets.store.algorithm.AlgorithmSecretStore",
    tool: "com.atlassian.secrets.cli.db.DbCipherTool",
  },
];

const securedMarker = "{ATL_SECURED}";

/**
 * Decodes a database password as the vendor's products store it: plain or Base64. Everything else throws
 * `password-unavailable` and says how to hand the password to the agent.
 */
export function decodeStoredPassword(stored: StoredPassword): string {
  const { value, decoder, source } = stored;
  if (value.includes(securedMarker)) {
    throw unavailable(stored, `the database password was moved from ${source} into the application's secret storage`);
  }
  if (decoder === undefined || decoder === "") return value;
  if (!base64Decoders.includes(decoder)) {
    throw unavailable(stored, `the database password in ${source} is encrypted by ${decoder}`);
  }
  const password = decodeBase64(value);
  if (password === undefined) {
    throw unavailable(stored, `the database password in ${source} should be Base64 (${decoder}) and is not`);
  }
  return password;
}

function decodeBase64(text: string): string | undefined {
  const compact = text.replace(/\s/g, "");
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(compact)) return undefined;
  const bytes = Buffer.from(compact, "base64");
  const isWhole = bytes.toString("base64").replace(/=+$/, "") === compact.replace(/=+$/, "");
  const password = bytes.toString("utf8");
  return isWhole && Buffer.from(password).equals(bytes) ? password : undefined;
}

function unavailable(
  { decoder, key, install, toolDirectory = "bin" }: StoredPassword,
  problem: string,
): OperationError {
  const file = `/etc/backup-tools/${key.split(".")[1] ?? "application"}.password`;
  const lines = [
    `write the password into ${file} (mode 0600), and set in the agent's configuration: ${key}: { file: ${file} }`,
  ];
  const tool = decryptionTools.find((candidate) => candidate.decoder === decoder)?.tool;
  if (tool !== undefined) {
    lines.push(
      `the vendor's tool shows it, given the value in the application's configuration: cd ${install ?? "<install>"}/${toolDirectory} && java -cp "./*" ${tool} -m decrypt -c ${decoder}`,
    );
  }
  return new OperationError("password-unavailable", problem, { hint: lines.join("\n") });
}
