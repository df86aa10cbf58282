import type { LoadedConfig } from "@catapullt/core/config/load";
import type { ConfigProblem } from "@catapullt/core/config/problems";
import type { NotifyConfig } from "../../config.ts";
import type { WebhookSettings } from "../../transports/webhook-settings.ts";
import type { Templates } from "../template-settings.ts";
import { readTemplate } from "./apply.ts";
import { findTemplateProblems } from "./check.ts";
import { fillBody } from "./render.ts";
import { sampleDocument } from "./sample.ts";
import type { TemplateTarget } from "./values.ts";

const targets = { subject: "text", text: "text", html: "html" } as const;

/** Every problem of the templates that a configuration holds or names. */
export async function checkTemplates({ config, sources }: LoadedConfig<NotifyConfig>): Promise<ConfigProblem[]> {
  const check = async (template: Templates[keyof Templates], target: TemplateTarget, path: (string | number)[]) => {
    if (template === undefined) return [];
    const where = typeof template === "string" ? path : [...path, "file"];
    const messages = await problemsOf(template, target);
    return messages.map((message) => ({ source: sources.near(where), path: where, message }));
  };
  const checkAll = (templates: Templates | undefined, path: (string | number)[], known: Templates = {}) =>
    Object.entries(targets).map(([part, target]) => {
      const template = templates?.[part as keyof Templates];
      return template === known[part as keyof Templates] ? [] : check(template, target, [...path, "templates", part]);
    });
  const checkBody = async (settings: WebhookSettings, index: number) => {
    const path = ["transports", index, "body"];
    const problems = await check(settings.body, "json", path);
    const problem = problems.length > 0 ? undefined : findJsonProblem(settings);
    return problem === undefined ? problems : [{ source: sources.near(path), path, message: problem }];
  };
  const found = await Promise.all([
    ...checkAll(config.templates, []),
    ...config.transports.flatMap((settings, index) => [
      ...checkAll(settings.templates, ["transports", index], config.templates),
      ...(settings.type === "webhook" ? [checkBody(settings, index)] : []),
    ]),
  ]);
  return found.flat();
}

/** Why a body is no JSON once it is filled; undefined where it is, or is meant to be something else. */
function findJsonProblem({ body, headers }: WebhookSettings): string | undefined {
  const isOther = Object.keys(headers).some((name) => name.toLowerCase() === "content-type");
  if (body === undefined || isOther) return undefined;
  try {
    JSON.parse(fillBody(body, sampleDocument) ?? "");
    return undefined;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return (
      `is no JSON once it is filled (${error.message}); put texts in quotes, as in "{{job}}", lists without, as in ` +
      "{{archives | json}}, or set a Content-Type in `headers`"
    );
  }
}

async function problemsOf(template: Exclude<Templates[keyof Templates], undefined>, target: TemplateTarget) {
  const { text, problem } = await readTemplate(template);
  if (text === undefined) return [problem];
  return findTemplateProblems(text, target).map((found) =>
    typeof template === "string" ? found : `${template.file}: ${found}`,
  );
}
