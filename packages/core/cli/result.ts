/** What a command returns: the same result for people and for programs; the printer chooses by `--json`. */
export interface CommandResult {
  /** Printed on standard output without `--json`; nothing if empty. */
  text: string;
  /** Printed as one JSON document with `--json`. */
  json: unknown;
  exitCode?: number;
}
