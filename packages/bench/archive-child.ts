import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Manifest, manifestSchemaVersion } from "@catapullt/core/archive/manifest";
import { verifyArchive } from "@catapullt/core/archive/verify";
import { type ArchiveWriter, createArchive } from "@catapullt/core/archive/writer";

// One run of what is measured, in a process of its own and in the current directory; prints its peak memory in kB.
const work = process.argv[2];
const directory = join(process.cwd(), "archives");

if (work === "verify") {
  const name = readdirSync(directory).find((entry) => entry.endsWith(".zst")) ?? "";
  await verifyArchive(join(directory, name));
} else {
  const options = { directory, application: "bench", time: new Date(), signal: new AbortController().signal };
  const writer = await createArchive({ ...options, compression: { format: "zstd", level: 3 } });
  await writer.addContent("VERSION", "1.0\n");
  await writer.addContent("RESTORE.md", "# How to restore\n");
  await writer.addContent("manifest.json", JSON.stringify(await addData(writer)));
  await writer.finish();
}
writeFileSync(1, String(process.resourceUsage().maxRSS));

async function addData(writer: ArchiveWriter): Promise<Manifest> {
  const manifest = emptyManifest();
  if (work === "dump") {
    await writer.addStream("database/bench.sql", process.stdin);
    return manifest;
  }
  const { warnings, ...tree } = await writer.addTree({
    label: "home",
    root: join(process.cwd(), "tree"),
    include: [],
    exclude: [],
  });
  return { ...manifest, trees: [tree], warnings };
}

function emptyManifest(): Manifest {
  const now = new Date().toISOString();
  return {
    schemaVersion: manifestSchemaVersion,
    application: "bench",
    type: "generic",
    version: { before: "1.0", after: "1.0", sources: [] },
    host: "bench",
    startedAt: now,
    endedAt: now,
    tools: {},
    databases: [],
    trees: [],
    warnings: [],
  };
}
