import { z } from "zod";
import { absolutePathSchema } from "../config/schema.ts";
import { isXmlPath } from "./xml-path.ts";

const shape = {
  file: absolutePathSchema
    .optional()
    .meta({ description: "A file that tells the version: its first line, unless a key below says where" }),
  json: z
    .string()
    .min(1)
    .optional()
    .meta({ description: "The dotted path of the version in a JSON file", examples: ["version"] }),
  xml: z
    .string()
    .refine(isXmlPath, {
      error: "expected a path of XML elements such as /project/version or //item[@name='x']/@value",
    })
    .optional()
    .meta({ description: "The path of the version in an XML file", examples: ["/project/version"] }),
  property: z.string().min(1).optional().meta({ description: "The key of the version in a .properties file" }),
  pattern: z
    .string()
    .min(1)
    .refine(isPattern, { error: "expected a regular expression as JavaScript has them" })
    .optional()
    .meta({
      description: "A regular expression; its group `version`, or its first group, is the version",
      examples: ["v([0-9.]+)"],
    }),
  command: z
    .array(z.string())
    .min(1)
    .optional()
    .meta({
      description: "A program and its arguments; the first line that it prints is the version",
      examples: [["intranet", "--version"]],
    }),
  value: z.string().min(1).optional().meta({ description: "The version itself" }),
};

/** Where an application's version is read: `{ file, json? | xml? | property?, pattern? }`, `{ command, pattern? }` or `{ value }`. */
export const versionSourceSchema = z.strictObject(shape).superRefine((source, context) => {
  const has = (key: keyof typeof shape) => source[key] !== undefined;
  const refuse = (path: string[], message: string) => context.addIssue({ code: "custom", path, message });
  const places = (["file", "command", "value"] as const).filter(has);
  if (places.length !== 1)
    refuse([], `expected one of file, command or value, got ${places.join(" and ") || "none of them"}`);
  const selectors = (["json", "xml", "property"] as const).filter(has);
  if (selectors.length > 1) refuse([], `expected one of json, xml or property, got ${selectors.join(" and ")}`);
  for (const selector of selectors) if (!has("file")) refuse([selector], "only a file has this: add `file`");
  if (has("pattern") && has("value")) refuse(["pattern"], "a value that is given needs no pattern");
});

export type VersionSource = z.infer<typeof versionSourceSchema>;

function isPattern(text: string): boolean {
  try {
    new RegExp(text, "mu");
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}
