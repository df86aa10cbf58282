import { z } from "zod";
import { type SmtpSettings, smtpSettingsSchema } from "./smtp-settings.ts";
import type { Transport } from "./transport.ts";

// A type's code, with the libraries that it needs, is loaded when a message goes out.
const creators = {
  smtp: async (settings: SmtpSettings): Promise<Transport> => (await import("./smtp.ts")).createSmtpTransport(settings),
};

/** The settings of one transport; `type` says of which. */
export const transportSettingsSchema = z.discriminatedUnion("type", [smtpSettingsSchema], {
  error: (issue) =>
    issue.code === "invalid_union" ? `expected one of these types: ${Object.keys(creators).join(", ")}` : undefined,
});

export type TransportSettings = z.infer<typeof transportSettingsSchema>;

export function createTransport(settings: TransportSettings): Promise<Transport> {
  return creators[settings.type](settings);
}
