import { createHash } from "node:crypto";
import type { Message } from "../message/message.ts";
import { signingOptions } from "./dkim.ts";
import type { MailSettings } from "./mail-settings.ts";
import type { TransportPreview } from "./transport.ts";

/** A message as nodemailer takes it, without sender and recipients. */
export function mailOf(message: Message) {
  const { id, time, job, host, state, subject, text, html } = message;
  const domain = host.replace(/[^a-zA-Z0-9.-]/g, "") || "localhost";
  const root = `<thread-${threadOf(message)}@${domain}>`;
  return {
    messageId: `<${id}@${domain}>`,
    inReplyTo: root,
    references: root,
    date: time,
    subject,
    text,
    ...(html === "" ? {} : { html }),
    headers: {
      "Auto-Submitted": "auto-generated", // RFC 3834: holiday replies stay away
      "X-Auto-Response-Suppress": "All",
      "X-Backup-Job": job,
      "X-Backup-Host": host,
      "X-Backup-State": state,
    },
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

/** Who sends, who gets it, and how it is signed, as nodemailer takes it. */
export async function senderOptions({ from, to, replyTo, dkim }: MailSettings, environment: NodeJS.ProcessEnv) {
  return {
    from,
    to: [...to],
    ...(replyTo === undefined ? {} : { replyTo }),
    ...(dkim === undefined ? {} : { dkim: await signingOptions(dkim, environment) }),
  };
}

// All mails about one job of one host answer the same mail, which was never sent: so mail programs show them together.
function threadOf({ kind, job, host }: Message): string {
  const subject = kind === "digest" || kind === "test" ? [kind, host] : ["job", host, job];
  return createHash("sha256").update(JSON.stringify(subject)).digest("hex").slice(0, 32);
}

/** A mail for people to look at: its headers, decoded, and its text. */
export function previewMail(message: Message, { from, to, replyTo }: MailSettings): TransportPreview {
  const { messageId, inReplyTo, references, date, subject, headers, text, html } = {
    html: undefined,
    ...mailOf(message),
  };
  const lines = Object.entries({
    From: from,
    To: to.join(", "),
    ...(replyTo === undefined ? {} : { "Reply-To": replyTo }),
    Subject: subject,
    Date: date.toUTCString(),
    "Message-ID": messageId,
    "In-Reply-To": inReplyTo,
    References: references,
    ...headers,
  }).map(([name, value]) => `${name}: ${value}`);
  return { text: `${lines.join("\n")}\n\n${text.trimEnd()}`, html };
}
