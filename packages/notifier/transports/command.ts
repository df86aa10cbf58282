import { documentOf } from "../message/document.ts";
import type { Message } from "../message/message.ts";
import type { CommandSettings } from "./local-settings.ts";
import { handToProgram, previewCall } from "./program.ts";
import type { Transport } from "./transport.ts";

/** A program that gets the `MessageDocument` as JSON on standard input, and its short fields as variables. */
export function createCommandTransport({ command: [command, ...args] }: CommandSettings): Transport {
  const callFor = (message: Message) => ({
    command,
    args,
    input: `${JSON.stringify(documentOf(message))}\n`,
    environment: variablesOf(message),
    hint: "is `command` right, with its full path, and may this user run it?",
  });
  return {
    name: `command ${command}`,
    preview: async (message) => ({ text: previewCall(callFor(message)) }),
    send: (message, context) => handToProgram(callFor(message), context),
  };
}

function variablesOf(message: Message): Record<string, string> {
  const { id, time, job, host, state, recovery, subject, exitCode, seconds } = documentOf(message);
  return {
    NOTIFY_ID: id,
    NOTIFY_TIME: time,
    NOTIFY_JOB: job,
    NOTIFY_HOST: host,
    NOTIFY_STATE: state,
    NOTIFY_RECOVERY: String(recovery),
    NOTIFY_SUBJECT: subject,
    NOTIFY_EXIT_CODE: String(exitCode ?? ""),
    NOTIFY_SECONDS: String(seconds ?? ""),
  };
}
