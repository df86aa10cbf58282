import type { Message } from "../message/message.ts";

/** A message as nodemailer takes it, without sender and recipients. */
export function mailOf({ id, time, job, host, state, subject, text, html }: Message) {
  const domain = host.replace(/[^a-zA-Z0-9.-]/g, "") || "localhost";
  return {
    messageId: `<${id}@${domain}>`,
    date: time,
    subject,
    text,
    html,
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
