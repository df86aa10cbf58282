import { describe, expect, it } from "vitest";
import { maskSecretPatterns } from "./mask.ts";

const secret = "hunter2/+=x";

describe("maskSecretPatterns", () => {
  it.each([
    `password=${secret}`,
    `DB_PASSWORD="${secret}"`,
    `"smtpPassword": "${secret}"`,
    `password: ${secret}`,
    `mysqldump --password=${secret} db`,
    `tool --password ${secret} --verbose`,
    `tool --api-key '${secret}'`,
    `mysql -u root -p${secret} db`,
    `Authorization: Basic ${secret}`,
    `authorization: ${secret}`,
    `curl -H "Authorization: Bearer ${secret}"`,
    `got Bearer ${secret}`,
    `CREATE USER x IDENTIFIED BY '${secret}'`,
    `X-Api-Key: ${secret}`,
    `AWS_SECRET_ACCESS_KEY=${secret}`,
    `-----BEGIN RSA PRIVATE KEY-----\n${secret}\n-----END RSA PRIVATE KEY-----`,
    `-----BEGIN OPENSSH PRIVATE KEY-----\n${secret}`,
    "https://user:hunter2@example.com/path",
  ])("masks the secret in %j", (text) => {
    const masked = maskSecretPatterns(text);
    expect(masked).toContain("********");
    expect(masked).not.toContain("hunter2");
  });

  it.each([
    "Access denied for user 'x'@'localhost' (using password: YES)",
    "set `password: { file: /etc/backup-tools/smtp.password }`",
    "the database refuses the user or the password",
    "https://example.com:8443/path",
    "mkdir -p/srv/data",
    "git@example.com:team/repo.git",
    "/etc/passwd: permission denied",
    "keyboard: qwerty",
  ])("leaves %j alone", (text) => {
    expect(maskSecretPatterns(text)).toBe(text);
  });

  it.each([
    "password=",
    "-p",
    "http://",
    "a:",
    "--token ",
    "-----BEGIN RSA PRIVATE KEY-----",
    "Authorization: ",
    "mysql ",
  ])("comes to an end on 64 KiB of %j", (text) => {
    const long = `${text.repeat(Math.ceil(65_536 / text.length))}${"x".repeat(65_536)}\nthe end`;
    expect(maskSecretPatterns(long)).toMatch(/the end$|BEGIN RSA PRIVATE KEY----- \*+$/);
  });
});
