import { silentLogger } from "@catapullt/core/log/logger";
import { postgresqlEngine } from "../databases/postgresql/engine.ts";

// Starts a throwaway server in the directory that is named, says so, and stays.
const [, , directory = ""] = process.argv;
await postgresqlEngine.startThrowaway(
  { directory, databases: [] },
  { environment: process.env, signal: new AbortController().signal, log: silentLogger(), warn: () => {} },
);
process.stdout.write("started\n");
setInterval(() => {}, 1000);
