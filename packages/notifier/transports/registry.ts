import { describeValue } from "@catapullt/core/config/problem-text";
import { didYouMean } from "@catapullt/core/config/suggestion";
import { z } from "zod";
import {
  gotifySettingsSchema,
  hipchatSettingsSchema,
  matrixSettingsSchema,
  ntfySettingsSchema,
  pagerdutySettingsSchema,
  pushoverSettingsSchema,
  telegramSettingsSchema,
} from "./account-settings.ts";
import {
  discordSettingsSchema,
  healthchecksSettingsSchema,
  mattermostSettingsSchema,
  slackSettingsSchema,
  teamsSettingsSchema,
} from "./chat-settings.ts";
import { findUrlProblem } from "./http-settings.ts";
import { commandSettingsSchema, fileSettingsSchema, sendmailSettingsSchema } from "./local-settings.ts";
import { smtpSettingsSchema } from "./smtp-settings.ts";
import { withTemplates } from "./templated.ts";
import type { Transport } from "./transport.ts";
import { webhookSettingsSchema } from "./webhook-settings.ts";

const schemas = [
  smtpSettingsSchema,
  sendmailSettingsSchema,
  slackSettingsSchema,
  teamsSettingsSchema,
  mattermostSettingsSchema,
  discordSettingsSchema,
  matrixSettingsSchema,
  telegramSettingsSchema,
  ntfySettingsSchema,
  gotifySettingsSchema,
  pushoverSettingsSchema,
  pagerdutySettingsSchema,
  hipchatSettingsSchema,
  healthchecksSettingsSchema,
  webhookSettingsSchema,
  commandSettingsSchema,
  fileSettingsSchema,
] as const;

export type TransportSettings = z.infer<(typeof schemas)[number]>;

type Creators = {
  [Type in TransportSettings["type"]]: (settings: Extract<TransportSettings, { type: Type }>) => Promise<Transport>;
};

// A type's code, with the libraries that it needs, is loaded when a message goes out.
const creators: Creators = {
  smtp: async (settings) => (await import("./smtp.ts")).createSmtpTransport(settings),
  sendmail: async (settings) => (await import("./sendmail.ts")).createSendmailTransport(settings),
  slack: async (settings) => (await import("./slack.ts")).createSlackTransport(settings),
  teams: async (settings) => (await import("./teams.ts")).createTeamsTransport(settings),
  mattermost: async (settings) => (await import("./mattermost.ts")).createMattermostTransport(settings),
  discord: async (settings) => (await import("./discord.ts")).createDiscordTransport(settings),
  matrix: async (settings) => (await import("./matrix.ts")).createMatrixTransport(settings),
  telegram: async (settings) => (await import("./telegram.ts")).createTelegramTransport(settings),
  ntfy: async (settings) => (await import("./ntfy.ts")).createNtfyTransport(settings),
  gotify: async (settings) => (await import("./gotify.ts")).createGotifyTransport(settings),
  pushover: async (settings) => (await import("./pushover.ts")).createPushoverTransport(settings),
  pagerduty: async (settings) => (await import("./pagerduty.ts")).createPagerdutyTransport(settings),
  hipchat: async (settings) => (await import("./hipchat.ts")).createHipchatTransport(settings),
  healthchecks: async (settings) => (await import("./healthchecks.ts")).createHealthchecksTransport(settings),
  webhook: async (settings) => (await import("./webhook.ts")).createWebhookTransport(settings),
  command: async (settings) => (await import("./command.ts")).createCommandTransport(settings),
  file: async (settings) => (await import("./file.ts")).createFileTransport(settings),
};

/** Every value that `type` can have. */
export const transportTypes: readonly string[] = Object.keys(creators);

/** The settings of one transport; `type` says of which. */
export const transportSettingsSchema = z
  .discriminatedUnion("type", schemas, {
    error: (issue) => (issue.code === "invalid_union" ? describeTypeProblem(issue.input) : undefined),
  })
  .superRefine((settings, context) => {
    const problem = "allowHttp" in settings || "url" in settings ? findUrlProblem(settings) : undefined;
    if (problem !== undefined) context.addIssue({ code: "custom", path: ["url"], message: problem });
  });

function describeTypeProblem(settings: unknown): string {
  const expected = `expected one of these types: ${transportTypes.join(", ")}`;
  const type = typeof settings === "object" && settings !== null && "type" in settings ? settings.type : undefined;
  return typeof type === "string"
    ? `${expected}; got ${describeValue(type)}${didYouMean(type, transportTypes)}`
    : expected;
}

export async function createTransport(settings: TransportSettings): Promise<Transport> {
  // Each creator takes the settings of its own type, by which it was chosen.
  const create = creators[settings.type] as (settings: TransportSettings) => Promise<Transport>;
  const transport = await create(settings);
  const body = settings.type === "webhook" ? settings.body : undefined;
  const forms = { ...settings.templates, body };
  return Object.values(forms).some((form) => form !== undefined) ? withTemplates(transport, forms) : transport;
}
