import { secretSchema } from "@catapullt/core/config/schema";
import { z } from "zod";
import { httpSettings, urlSchema } from "./http-settings.ts";

const override = (address: string) => urlSchema(`Default: ${address}`).optional();

/** A room of Matrix. */
export const matrixSettingsSchema = () =>
  z.strictObject({
    type: z.literal("matrix"),
    url: urlSchema("The homeserver, https://matrix.example.com"),
    token: secretSchema().meta({ description: "Access token of the user who sends" }),
    room: z
      .string()
      .regex(/^![^\s\p{Cc}]+$/u, {
        error: "expected a room's internal ID, which begins with ! (an alias with # is none)",
      })
      .meta({ description: "The room's internal ID", examples: ["!abcdef:matrix.example.com"] }),
    ...httpSettings,
  });

const chatIdProblem = "expected a chat's number, or @ and a channel's name";

/** A chat of Telegram, through a bot. */
export const telegramSettingsSchema = () =>
  z.strictObject({
    type: z.literal("telegram"),
    url: override("https://api.telegram.org"),
    token: secretSchema().meta({ description: "The bot's token, from @BotFather" }),
    chatId: z
      .union([z.int(), z.string().refine((text) => /^(?:-?\d+|@\w{1,64})$/.test(text), { error: chatIdProblem })], {
        error: chatIdProblem,
      })
      .meta({ description: "The chat's number, or a public channel's @name", examples: [-1001234567890, "@backups"] }),
    ...httpSettings,
  });

/** A topic of ntfy. */
export const ntfySettingsSchema = () =>
  z.strictObject({
    type: z.literal("ntfy"),
    url: urlSchema("The topic's address, https://ntfy.sh/…"),
    token: secretSchema().optional().meta({ description: "Access token, for topics that are protected" }),
    ...httpSettings,
  });

/** An application of Gotify. */
export const gotifySettingsSchema = () =>
  z.strictObject({
    type: z.literal("gotify"),
    url: urlSchema("The server, https://gotify.example.com"),
    token: secretSchema().meta({ description: "The application's token" }),
    ...httpSettings,
  });

/** A user or group of Pushover. */
export const pushoverSettingsSchema = () =>
  z.strictObject({
    type: z.literal("pushover"),
    url: override("https://api.pushover.net/1/messages.json"),
    token: secretSchema().meta({ description: "The application's API token" }),
    user: secretSchema().meta({ description: "The user's or group's key" }),
    ...httpSettings,
  });

/** A service of PagerDuty: failures open incidents, the next run that is none resolves them. */
export const pagerdutySettingsSchema = () =>
  z.strictObject({
    type: z.literal("pagerduty"),
    url: override("https://events.pagerduty.com/v2/enqueue"),
    routingKey: secretSchema().meta({ description: "The integration key of an Events API v2 integration" }),
    ...httpSettings,
  });

/** A room of a HipChat server. */
export const hipchatSettingsSchema = () =>
  z.strictObject({
    type: z.literal("hipchat"),
    url: urlSchema("The server, https://hipchat.example.com"),
    token: secretSchema().meta({ description: "A token with the scope send_notification" }),
    room: z
      .union([z.int(), z.string().min(1).max(100)])
      .transform(String)
      .meta({ description: "The room's number or name" }),
    ...httpSettings,
  });

export type MatrixSettings = z.infer<ReturnType<typeof matrixSettingsSchema>>;
export type TelegramSettings = z.infer<ReturnType<typeof telegramSettingsSchema>>;
export type NtfySettings = z.infer<ReturnType<typeof ntfySettingsSchema>>;
export type GotifySettings = z.infer<ReturnType<typeof gotifySettingsSchema>>;
export type PushoverSettings = z.infer<ReturnType<typeof pushoverSettingsSchema>>;
export type PagerdutySettings = z.infer<ReturnType<typeof pagerdutySettingsSchema>>;
export type HipchatSettings = z.infer<ReturnType<typeof hipchatSettingsSchema>>;
