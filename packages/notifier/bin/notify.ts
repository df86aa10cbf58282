#!/usr/bin/env node
import { enableCompileCache } from "node:module";
import { fileURLToPath } from "node:url";

// Beside the code, where nobody can write who could not change the code itself; without the right to write it is off.
enableCompileCache(fileURLToPath(new URL("../node_modules/.cache/compiled", import.meta.url)));
const { runNotify } = await import("../main.ts");

// What a daemon that the command started, or a mail server, still holds open must not keep us.
process.exit(await runNotify(process.argv.slice(2)));
