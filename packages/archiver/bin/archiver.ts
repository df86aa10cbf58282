#!/usr/bin/env node
import { runArchiver } from "../main.ts";

process.exitCode = await runArchiver(process.argv.slice(2));
