import type { TypeFixture } from "./type-fixture.ts";

/** The fixtures of one type: the file below `fixtures/` that has its name. */
export async function loadFixtures(type: string): Promise<readonly TypeFixture[]> {
  const { fixtures } = (await import(`./fixtures/${type}.ts`)) as { fixtures: readonly TypeFixture[] };
  return fixtures;
}
