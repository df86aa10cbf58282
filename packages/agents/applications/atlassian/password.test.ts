import { describe, expect, it } from "vitest";
import { decodeStoredPassword } from "./password.ts";

const oldBase64 = "com.atlassian.db.config.password.ciphers.base64.Base64Cipher";
const newBase64 = "com.atlassian.secrets.store.base64.Base64SecretStore";
const oldAlgorithm = "com.atlassian.db.config.password.ciphers.algorithm.AlgorithmCipher";
const newAlgorithm = "com.atlassian.secrets.store.algorithm.AlgorithmSecretStore";

function decode(value: string, decoder?: string): string {
  return decodeStoredPassword({
    value,
    decoder,
    source: "/srv/wiki/confluence.cfg.xml",
    key: "applications.wiki.database.password",
    install: "/opt/atlassian/confluence",
  });
}

describe("decodeStoredPassword", () => {
  it.each([
    ["plain", undefined, "plain"],
    [" blanks kept ", undefined, " blanks kept "],
    ["c2VjcmV0", undefined, "c2VjcmV0"],
    ["c2VjcmV0", "", "c2VjcmV0"],
    ["c2VjcmV0", oldBase64, "secret"],
    ["cGFzc3dvcmQ=", newBase64, "password"],
    ["cGFzc3dvcmQ", newBase64, "password"],
    [" cGFzc3dv\n cmQ= ", newBase64, "password"],
    [Buffer.from("p#a\"s's w\\ord;$ ü😀").toString("base64"), newBase64, "p#a\"s's w\\ord;$ ü😀"],
    ["", newBase64, ""],
  ])("decodes %j with %s", (value, decoder, expected) => {
    expect(decode(value, decoder)).toBe(expected);
  });

  it.each([
    ["{ATL_SECURED}", undefined, "secret storage"],
    ["{ATL_SECURED}", newBase64, "secret storage"],
    ["not base64!", newBase64, "should be Base64"],
    ["abcde", newBase64, "should be Base64"],
    ["/w==", newBase64, "should be Base64"],
    ['{"sealedObjectFilePath":"/x"}', oldAlgorithm, `encrypted by ${oldAlgorithm}`],
    ["vault:secret/db", "com.atlassian.secrets.store.vault.VaultSecretStore", "encrypted by"],
  ])("cannot decode %j with %s, and says where to put the password", (value, decoder, problem) => {
    expect(() => decode(value, decoder)).toThrow(
      expect.objectContaining({
        code: "password-unavailable",
        message: expect.stringContaining(problem),
        hint: expect.stringContaining("applications.wiki.database.password: { file: /etc/backup-tools/wiki.password }"),
      }),
    );
  });

  it.each([
    [oldAlgorithm, "com.atlassian.db.config.password.tools.CipherTool"],
    [newAlgorithm, "com.atlassian.secrets.cli.db.DbCipherTool"],
  ])("names the vendor's tool for %s", (decoder, tool) => {
    expect(() => decode("{}", decoder)).toThrow(
      expect.objectContaining({
        hint: expect.stringContaining(
          `cd /opt/atlassian/confluence/bin && java -cp "./*" ${tool} -m decrypt -c ${decoder}`,
        ),
      }),
    );
  });

  it("never shows the stored value", () => {
    for (const decoder of [newBase64, oldAlgorithm, "org.example.Custom"]) {
      try {
        decode("stored-Secret!", decoder);
        expect.unreachable();
      } catch (error) {
        expect(JSON.stringify({ ...(error as object), message: (error as Error).message })).not.toContain(
          "stored-Secret!",
        );
      }
    }
  });
});
