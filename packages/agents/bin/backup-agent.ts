#!/usr/bin/env node
import { runBackupAgent } from "../main.ts";

process.exitCode = await runBackupAgent(process.argv.slice(2));
