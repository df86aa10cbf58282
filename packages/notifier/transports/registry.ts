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
import type { Transport } from "./transport.ts";
import { webhookSettingsSchema } from "./webhook-settings.ts";

// Made when they are needed: to make all takes longer than to send a message.
const schemas = {
  smtp: smtpSettingsSchema,
  sendmail: sendmailSettingsSchema,
  slack: slackSettingsSchema,
  teams: teamsSettingsSchema,
  mattermost: mattermostSettingsSchema,
  discord: discordSettingsSchema,
  matrix: matrixSettingsSchema,
  telegram: telegramSettingsSchema,
  ntfy: ntfySettingsSchema,
  gotify: gotifySettingsSchema,
  pushover: pushoverSettingsSchema,
  pagerduty: pagerdutySettingsSchema,
  hipchat: hipchatSettingsSchema,
  healthchecks: healthchecksSettingsSchema,
  webhook: webhookSettingsSchema,
  command: commandSettingsSchema,
  file: fileSettingsSchema,
} as const;

export type TransportType = keyof typeof schemas;

export type TransportSettings = z.infer<ReturnType<(typeof schemas)[TransportType]>>;

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
export const transportTypes = Object.keys(schemas) as readonly TransportType[];

/** The settings of one transport of one of these types; `type` says of which. */
export function transportSettingsSchema(types: readonly TransportType[] = transportTypes) {
  const options = types.map((type) => schemas[type]());
  return z
    .discriminatedUnion("type", options as unknown as AllOptions, {
      error: (issue) => (issue.code === "invalid_union" ? describeTypeProblem(issue.input) : undefined),
    })
    .superRefine((settings, context) => {
      const problem = "allowHttp" in settings || "url" in settings ? findUrlProblem(settings) : undefined;
      if (problem !== undefined) context.addIssue({ code: "custom", path: ["url"], message: problem });
    });
}

type AllOptions = [ReturnType<(typeof schemas)[TransportType]>];

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
  if (Object.values(forms).every((form) => form === undefined)) return transport;
  const { withTemplates } = await import("./templated.ts");
  return withTemplates(transport, forms);
}
