import { readFileSync } from "node:fs";
import { createArchive } from "../archive/writer.ts";
import { errorMessage, OperationError } from "../errors.ts";
import { archiveOptions, manifestOf, treeOf } from "./archive-fixture.ts";

// Writes one archive in a process of its own: `write-archive.ts '{ "directory": …, "root": …, "dumpBytes": … }'`. Prints what
// became of it as JSON and ends with 0, or with 1 after an error.
interface Request {
  directory: string;
  root: string;
  dumpBytes?: number;
}

const { directory, root, dumpBytes = 0 } = JSON.parse(process.argv[2] ?? "") as Request;

try {
  const writer = await createArchive(archiveOptions(directory));
  try {
    await writer.addContent("VERSION", "1.2.3\n");
    await writer.addContent("RESTORE.md", "# How to restore\n");
    const database = await writer.addStream("database/wiki.sql", dump(dumpBytes));
    const tree = await writer.addTree(treeOf(root));
    await writer.addContent("manifest.json", JSON.stringify(manifestOf([database], [tree])));
    print({ ...(await writer.finish()), database, peakKilobytes: peakMemory() });
  } catch (error) {
    await writer.abort();
    throw error;
  }
} catch (error) {
  const { code, hint } = error instanceof OperationError ? error : { code: "bug", hint: "" };
  print({ code, hint, message: errorMessage(error) });
  process.exitCode = 1;
}

async function* dump(bytes: number): AsyncGenerator<Uint8Array> {
  for (let rest = bytes, row = 0; rest > 0; row += 1) {
    const piece = Buffer.alloc(
      Math.min(rest, 65_536),
      `INSERT INTO page VALUES (${row * 7919}, 'text ${row ** 3}');\n`,
    );
    yield piece;
    rest -= piece.length;
  }
}

function peakMemory(): number {
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))?.[1]);
}

function print(result: unknown): void {
  process.stdout.write(`${JSON.stringify(result)}\n`);
}
