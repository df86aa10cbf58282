import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { setUpEmbedded } from "./embedded.ts";
import { setUpReal } from "./real.ts";
import { heading, indented, line } from "./screen.ts";
import { makePlaces, walkThrough } from "./walk-through.ts";

const { values } = parseArgs({ options: { real: { type: "boolean", default: false } } });
const startedAt = performance.now();
const places = await makePlaces(await mkdtemp(join(tmpdir(), "backup-tools-demo-")));

heading("0. What the demo sets up");
const scenario = values.real ? await setUpReal(places) : await setUpEmbedded(places);
try {
  indented(scenario.description.join("\n"));
  await walkThrough(scenario, places);
  line(`\nDone in ${((performance.now() - startedAt) / 1000).toFixed(1)} s.`);
} catch (error) {
  line(`\nThe demo did not get through: ${error instanceof Error ? error.message : String(error)}`);
  line(`What it did so far lies in ${places.root}.`);
  process.exitCode = 1;
} finally {
  await scenario.stop();
}
