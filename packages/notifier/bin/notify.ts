#!/usr/bin/env node
import { runNotify } from "../main.ts";

// What a daemon that the command started, or a mail server, still holds open must not keep us.
process.exit(await runNotify(process.argv.slice(2)));
