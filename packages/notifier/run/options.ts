/** Options of a run as commander gives them; the values are text, still to be checked. */
export interface RunOptions {
  name?: string;
  timeout?: string;
  killAfter?: string;
  retry?: string;
  retryPause?: string;
  lock?: boolean;
  quietSuccess?: boolean;
  onlyOn?: string;
  outputLimit?: string;
  json?: boolean;
}

/** The options of a run, as commander is told of them: the one list of them. */
export const runOptionDescriptions: readonly (readonly [flags: string, description: string])[] = [
  ["--name <name>", "what the job is called in messages (default: from the command)"],
  ["--timeout <duration>", "end the command and all that it started after this time, such as 2h"],
  ["--kill-after <duration>", "how long after --timeout's SIGTERM SIGKILL follows (default: 5s)"],
  ["--retry <count>", "run the command again after a failure, up to this many times"],
  ["--retry-pause <duration>", "how long to wait before it is run again (default: 30s)"],
  ["--lock", "do not run the command while the run before of the same job still goes on; tell that as a failure"],
  ["--quiet-success", "pass the command's output on only if it does not succeed, then whole and at its end"],
  ["--only-on <events>", "tell this run only if it is one of these: success,warning,failure,recovery"],
  ["--output-limit <size>", "how much of the end of the output a message may hold (default: 64kB)"],
];

/** Those that take a value in the next word. */
export const runOptionsWithValue: readonly string[] = runOptionDescriptions
  .filter(([flags]) => flags.includes("<"))
  .map(([flags]) => flags.slice(0, flags.indexOf(" ")));
