import { expect, it } from "vitest";
import { applicationTypes } from "../applications/registry.ts";
import { buildFixture } from "./build-fixture.ts";
import { describeApplication } from "./describe-application.ts";
import { loadFixtures } from "./load-fixtures.ts";

it.each(applicationTypes)("finds $title in every layout, with version, database and files", async (type) => {
  const described: string[] = [];
  for (const fixture of await loadFixtures(type.name))
    described.push(await describeApplication(type, buildFixture(fixture), fixture));
  await expect(described.join("\n")).toMatchFileSnapshot(`snapshots/${type.name}.txt`);
});
