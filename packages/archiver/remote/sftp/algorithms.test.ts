import { expect, test } from "vitest";
import { hostKeyAlgorithms } from "./algorithms.ts";

test("asks first for the algorithms of keys that are known", () => {
  expect(hostKeyAlgorithms(["ssh-rsa"]).slice(0, 3)).toEqual(["rsa-sha2-512", "rsa-sha2-256", "ssh-ed25519"]);
});

test("offers every algorithm once, and no signature with SHA1", () => {
  const algorithms = hostKeyAlgorithms(["ecdsa-sha2-nistp256", "unheard-of"]);
  expect(algorithms[0]).toBe("ecdsa-sha2-nistp256");
  expect([...algorithms].sort()).toEqual([...hostKeyAlgorithms([])].sort());
  expect(algorithms).not.toContain("ssh-rsa");
});
