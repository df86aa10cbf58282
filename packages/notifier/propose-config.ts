import { hostname } from "node:os";
import type { Questions } from "@catapullt/core/cli/questions";
import { checkText } from "@catapullt/core/config/check-text";
import type { Proposal } from "@catapullt/core/config/init";
import { hostSchema } from "@catapullt/core/config/schema";
import { readSecret } from "@catapullt/core/config/secret";
import { errorMessage, OperationError } from "@catapullt/core/errors";
import { isLoopback } from "./transports/loopback.ts";
import { mailSettings } from "./transports/mail-settings.ts";
import { smtpSecurities } from "./transports/smtp-settings.ts";

/** The first configuration of notify: one mail server. Sends nothing. */
export async function proposeConfig(questions: Questions, environment: NodeJS.ProcessEnv): Promise<Proposal> {
  const host = await questions.ask({ text: "mail server", initial: "localhost", check: checkText(hostSchema) });
  const security = await questions.ask({
    text: `encryption (${smtpSecurities.join(", ")})`,
    initial: isLoopback(host) ? "none" : "starttls",
    check: (answer) =>
      smtpSecurities.some((name) => name === answer) ? undefined : `expected one of ${smtpSecurities.join(", ")}`,
  });
  const user = await questions.ask({ text: "user to log in as (empty: none)", initial: "" });
  const passwordFile = user === "" ? undefined : await askForPasswordFile(questions, environment);
  const login = { user, password: { file: passwordFile ?? "" } };
  const from = await questions.ask({
    text: "messages come from",
    initial: `backup@${hostname()}`,
    check: checkText(mailSettings().from),
  });
  const to = await questions.ask({
    text: "and go to (addresses, commas between them)",
    initial: `root@${hostname()}`,
    check: (answer) => checkText(mailSettings().to)(splitAddresses(answer)),
  });
  return {
    draft: {
      header: [
        "Who is told of backups, and how. Written by: notify init",
        "Lines that begin with `# ` and a key show what may be set. Check changes: notify config check",
      ],
      values: {
        transports: [
          {
            type: "smtp",
            host,
            security,
            ...(passwordFile === undefined ? {} : login),
            from,
            to: splitAddresses(to),
          },
        ],
      },
      examples: {
        transports: [
          {
            port: 587,
            ...(passwordFile === undefined
              ? { user: user || "backup", password: { file: "/etc/backup-tools/smtp.password" } }
              : {}),
            on: ["failure", "warning", "recovery"],
          },
        ],
        remind: "24h",
        jobs: { confluence: { schedule: "0 2 * * *", grace: "4h" } },
      },
    },
    nextSteps: ["notify config check", "notify test", "notify -- backup-agent APPLICATION"],
  };
}

/** The file of a password that can be read now; undefined where it is left for later. */
async function askForPasswordFile(questions: Questions, environment: NodeJS.ProcessEnv): Promise<string | undefined> {
  const path = await questions.ask({ text: "file that holds the password (empty: later)", initial: "" });
  if (path === "") return undefined;
  try {
    if (!path.startsWith("/")) throw new OperationError("secret-unreadable", "a full path is expected");
    await readSecret({ file: path }, environment);
    return path;
  } catch (error) {
    const text = `${errorMessage(error)}; leave it out for now?`;
    return (await questions.confirm(text, false)) ? undefined : askForPasswordFile(questions, environment);
  }
}

function splitAddresses(text: string): string[] {
  return text.split(",").map((address) => address.trim());
}
