import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { execa } from "execa";

/** The path of a fresh clone of this repository, as it was last committed. */
export async function makeCheckout(): Promise<string> {
  const checkout = join(temporaryDirectory("checkout"), "backup-tools");
  await execa("git", ["clone", "--quiet", fileURLToPath(new URL("../../", import.meta.url)), checkout]);
  return checkout;
}

/** As in a shell of one's own: what the test's own pnpm and Vitest have set would change what others do. */
export function shellEnvironment(): Record<string, string> {
  const variables = Object.entries(process.env).filter(([name]) => !/^(p?npm_.*|vitest.*|test_results)$/i.test(name));
  return Object.fromEntries(variables.map(([name, value = ""]) => [name, value]));
}
