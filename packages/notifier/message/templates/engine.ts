import { Liquid } from "liquidjs";
import { registerFilters } from "./filters.ts";
import { escapes, type TemplateTarget } from "./values.ts";

/** Those that neither read files nor put out a value past the escape. */
const tags = new Set(["assign", "capture", "if", "unless", "case", "for", "break", "continue", "comment", "raw", "#"]);

/** Characters of a template, milliseconds of a rendering, and what the texts made on the way may take together. */
const limits = { parseLimit: 200_000, renderLimit: 1_000, memoryLimit: 10_000_000 };

/**
 * Liquid with every value escaped for the target, no access to files or to what objects inherit, and bounds on time and
 * memory. A value is never read as a template.
 */
export function createEngine(target: TemplateTarget, { isStrict }: { isStrict: boolean }): Liquid {
  const engine = new Liquid({
    outputEscape: escapes[target],
    ownPropertyOnly: true,
    strictFilters: true,
    strictVariables: isStrict,
    lenientIf: true,
    templates: {},
    ...limits,
  });
  for (const name of Object.keys(engine.tags)) if (!tags.has(name)) delete engine.tags[name];
  registerFilters(engine, target);
  return engine;
}
