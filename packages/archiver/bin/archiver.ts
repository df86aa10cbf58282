#!/usr/bin/env node
import { enableCompileCache } from "node:module";
import { fileURLToPath } from "node:url";

// Beside the code, where nobody can write who could not change the code itself; without the right to write it is off.
enableCompileCache(fileURLToPath(new URL("../node_modules/.cache/compiled", import.meta.url)));
const { runArchiver } = await import("../main.ts");

process.exitCode = await runArchiver(process.argv.slice(2));
