import { type Logger as PinoLogger, pino } from "pino";
import { formatLine } from "./format.ts";
import { redact, redactValue } from "./redaction.ts";

export type Logger = PinoLogger;
export type LogFormat = "pretty" | "plain" | "json";
export type LogLevel = "error" | "warn" | "info" | "debug";

export interface LoggerOptions {
  format: LogFormat;
  level: LogLevel;
  /** Where lines go; synchronous, so that nothing is lost when the process ends. */
  write: (line: string) => void;
}

/** The one place that makes loggers. Every line passes the redaction last, whatever its fields hold. */
export function createLogger({ format, level, write }: LoggerOptions): Logger {
  const stream = {
    write(line: string) {
      if (format === "json") write(`${JSON.stringify(redactValue(JSON.parse(line)))}\n`);
      else write(redact(formatLine(line, { colour: format === "pretty" })));
    },
  };
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, stream);
}

/** A logger that says nothing, for code that is used without a program around it. */
export function silentLogger(): Logger {
  return pino({ level: "silent" });
}
