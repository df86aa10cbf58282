import type { Message } from "../message/message.ts";
import type { Templates } from "../message/template-settings.ts";
import { applyTemplates } from "../message/templates/apply.ts";
import { findTemplateProblems } from "../message/templates/check.ts";
import type { Transport, TransportContext } from "./transport.ts";

/** The forms that messages are given: `body` is the webhook's own, which it fills itself. */
export interface Forms extends Templates {
  body?: string | undefined;
}

/** The transport with messages in a form of one's own. A template that cannot be used is logged once for each message. */
export function withTemplates(transport: Transport, forms: Forms): Transport {
  const applied = new WeakMap<Message, Promise<Message>>();
  const apply = (message: Message, context: TransportContext) => {
    const known = applied.get(message);
    if (known !== undefined) return known;
    const fresh = applyAndLog(message, { forms, name: transport.name, log: context.log });
    applied.set(message, fresh);
    return fresh;
  };
  return {
    ...transport,
    send: async (message, context) => transport.send(await apply(message, context), context),
    preview: async (message, context) => transport.preview(await apply(message, context), context),
  };
}

async function applyAndLog(
  original: Message,
  { forms: { body, ...templates }, name, log }: { forms: Forms; name: string; log: TransportContext["log"] },
): Promise<Message> {
  const { message, problems } = await applyTemplates(original, templates);
  const bodyProblems =
    body === undefined ? [] : findTemplateProblems(body, "json").map((problem) => `body: ${problem}`);
  for (const problem of [...problems, ...bodyProblems]) {
    log?.warn(
      `a template for ${name} cannot be used: ${problem}\nrun \`notify config check\`; the message goes out without it`,
    );
  }
  return message;
}
