import { absolutePathSchema } from "@catapullt/core/config/schema";
import { z } from "zod";

/** A template, or the file that holds it. */
const templateSchema = z.union([z.string().min(1), z.strictObject({ file: absolutePathSchema })]).optional();

const parts = {
  subject: templateSchema.meta({ description: "Liquid template of the subject, or { file: PATH }" }),
  text: templateSchema.meta({ description: "Liquid template of the text" }),
};

/** Forms of one's own for messages: docs/how-to/templates.md */
export const textTemplatesSchema = z.strictObject(parts).optional();

/** The same with the HTML that mails have. */
export const mailTemplatesSchema = z
  .strictObject({ ...parts, html: templateSchema.meta({ description: "Liquid template of a mail's HTML part" }) })
  .optional();

export type TemplateSource = string | { file: string };

export interface Templates {
  subject?: TemplateSource | undefined;
  text?: TemplateSource | undefined;
  html?: TemplateSource | undefined;
}
