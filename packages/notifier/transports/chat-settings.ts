import { z } from "zod";
import { httpSettings, urlSchema } from "./http-settings.ts";

/** A channel of Slack, through an incoming webhook. */
export const slackSettingsSchema = () =>
  z.strictObject({
    type: z.literal("slack"),
    url: urlSchema("The incoming webhook, https://hooks.slack.com/services/…"),
    ...httpSettings,
  });

/** A channel or chat of Microsoft Teams, through a workflow. */
export const teamsSettingsSchema = () =>
  z.strictObject({
    type: z.literal("teams"),
    url: urlSchema("The workflow's address, from 'Send webhook alerts to a channel'"),
    ...httpSettings,
  });

/** A channel of Mattermost, through an incoming webhook. */
export const mattermostSettingsSchema = () =>
  z.strictObject({
    type: z.literal("mattermost"),
    url: urlSchema("The incoming webhook, https://mattermost.example.com/hooks/…"),
    ...httpSettings,
  });

/** A channel of Discord, through a webhook. */
export const discordSettingsSchema = () =>
  z.strictObject({
    type: z.literal("discord"),
    url: urlSchema("The webhook, https://discord.com/api/webhooks/…"),
    ...httpSettings,
  });

/** A check of healthchecks.io or of a server of one's own: it notices by itself when nothing comes. */
export const healthchecksSettingsSchema = () =>
  z.strictObject({
    type: z.literal("healthchecks"),
    url: urlSchema("The check's ping address, https://hc-ping.com/…"),
    start: z
      .boolean()
      .default(true)
      .meta({ description: "Also tell when a run begins, so that the service knows how long it takes" }),
    ...httpSettings,
  });

export type SlackSettings = z.infer<ReturnType<typeof slackSettingsSchema>>;
export type TeamsSettings = z.infer<ReturnType<typeof teamsSettingsSchema>>;
export type MattermostSettings = z.infer<ReturnType<typeof mattermostSettingsSchema>>;
export type DiscordSettings = z.infer<ReturnType<typeof discordSettingsSchema>>;
export type HealthchecksSettings = z.infer<ReturnType<typeof healthchecksSettingsSchema>>;
