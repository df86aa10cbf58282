import type { MessageDocument } from "../document.ts";
import { describeTemplateError, findTemplateProblems } from "./check.ts";
import { createEngine } from "./engine.ts";
import type { TemplateTarget } from "./values.ts";

export type Rendering = { text: string; problem?: undefined } | { text?: undefined; problem: string };

/** What a template makes of a message, or why nothing: a template that has a problem is not used at all. */
export function renderTemplate(source: string, target: TemplateTarget, document: MessageDocument): Rendering {
  const [problem] = findTemplateProblems(source, target);
  return problem === undefined ? fill(source, target, document) : { problem };
}

/**
 * A JSON body as a template of one's own. Where it names what does not exist that is empty, since the other side
 * understands no other form; one that cannot be read at all is undefined.
 */
export function fillBody(source: string, document: MessageDocument): string | undefined {
  return fill(source, "json", document).text;
}

function fill(source: string, target: TemplateTarget, document: MessageDocument): Rendering {
  const engine = createEngine(target, { isStrict: false });
  try {
    return { text: String(engine.parseAndRenderSync(source, { ...document })) };
  } catch (error) {
    return { problem: describeTemplateError(error) };
  }
}
