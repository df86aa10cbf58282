import { createTransport } from "nodemailer";
import type { Message } from "../message/message.ts";
import type { SendmailSettings } from "./local-settings.ts";
import { mailOf, previewMail, senderOptions } from "./mail.ts";
import { handToProgram } from "./program.ts";
import type { Transport } from "./transport.ts";

/**
 * Mail through the `sendmail` program of this host's mail system, as Postfix, Exim and msmtp have it too: recipients as
 * arguments after `--`, the mail on standard input, where `-i` keeps a line with a single dot from ending it.
 */
export function createSendmailTransport(settings: SendmailSettings): Transport {
  const { program, to } = settings;
  return {
    name: `sendmail ${to.join(", ")}`,
    preview: async (message) => previewMail(message, settings),
    async send(message, context) {
      const { mail, envelope } = await composeMail(message, settings, context.environment);
      const args = ["-i", "-f", envelope.from, "--", ...envelope.to];
      const hint = "see the mail system's log, and whether `program` is its sendmail; without one use `type: smtp`";
      await handToProgram({ command: program, args, input: mail, hint }, context);
    },
  };
}

async function composeMail(message: Message, settings: SendmailSettings, environment: NodeJS.ProcessEnv) {
  const composer = createTransport({ streamTransport: true, buffer: true, newline: "unix" });
  const { message: mail, envelope } = await composer.sendMail({
    ...mailOf(message),
    ...(await senderOptions(settings, environment)),
  });
  if (!Buffer.isBuffer(mail)) throw new Error("a mail that is composed in memory is a buffer");
  return { mail, envelope: { from: envelope.from || "", to: envelope.to } };
}
