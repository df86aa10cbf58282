import { guardDirectory, startGuardedServer } from "@catapullt/core/process/guard";

// Guards a directory and a server in it until it is killed.
const [directory = "", ...command] = process.argv.slice(2);
guardDirectory(directory);
startGuardedServer({ command, log: `${directory}/log` });
setInterval(() => {}, 1000);
