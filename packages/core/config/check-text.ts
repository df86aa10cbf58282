import { z } from "zod";
import { describeIssue } from "./problem-text.ts";

/** Says what a schema finds wrong with a text, or a list of texts, that a person typed; for `Question.check`. */
export function checkText(schema: z.ZodType): (value: string | readonly string[]) => string | undefined {
  return (value) => z.safeParse(schema, value, { error: describeIssue }).error?.issues[0]?.message;
}
