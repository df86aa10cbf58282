import type { XmlElement } from "./xml.ts";

interface Step {
  name: string;
  anywhere: boolean;
  attribute: string | undefined;
  value: string | undefined;
}

interface XmlPath {
  steps: Step[];
  attribute: string | undefined;
}

const namePattern = "[\\p{L}_][\\p{L}\\p{N}_.:-]*";
const stepPattern = new RegExp(
  `(/{0,2})(?:@(${namePattern})$|(${namePattern}|\\*)(?:\\[@(${namePattern})=(?:'([^']*)'|"([^"]*)")\\])?)`,
  "uy",
);

/** Whether a text is a path that `selectElements` and `selectText` understand. */
export function isXmlPath(text: string): boolean {
  return parsePath(text) !== undefined;
}

/**
 * The elements at a path, in the document's order: names from the outermost element on, between slashes; `//` for any depth,
 * `*` for any name, `[@name='value']` for elements with this attribute: `//property[@name='hibernate.connection.url']`.
 */
export function selectElements(root: XmlElement, path: string): XmlElement[] {
  return walk(root, requirePath(path).steps);
}

/** The trimmed text of the first element at a path, or with `/@attribute` at its end of its attribute. */
export function selectText(root: XmlElement, path: string): string | undefined {
  const { steps, attribute } = requirePath(path);
  const elements = walk(root, steps);
  if (attribute === undefined) return elements[0]?.text.trim();
  return elements.map((element) => element.attributes[attribute]).find((value) => value !== undefined);
}

function walk(root: XmlElement, steps: readonly Step[]): XmlElement[] {
  const document: XmlElement = { name: "", attributes: {}, children: [root], text: "" };
  let found: XmlElement[] = [document];
  for (const step of steps) {
    const candidates = found.flatMap(({ children }) => (step.anywhere ? withDescendants(children) : children));
    found = [...new Set(candidates)].filter((element) => fits(element, step));
  }
  return found;
}

function withDescendants(elements: readonly XmlElement[]): XmlElement[] {
  return elements.flatMap((element) => [element, ...withDescendants(element.children)]);
}

function fits(element: XmlElement, { name, attribute, value }: Step): boolean {
  if (name !== "*" && element.name !== name) return false;
  return attribute === undefined || element.attributes[attribute] === value;
}

function requirePath(text: string): XmlPath {
  const path = parsePath(text);
  if (path === undefined) throw new Error(`not a path of XML elements: ${text}`);
  return path;
}

function parsePath(text: string): XmlPath | undefined {
  const steps: Step[] = [];
  let position = 0;
  while (position < text.length) {
    stepPattern.lastIndex = position;
    const match = stepPattern.exec(text);
    if (!match) return undefined;
    const [whole, slashes = "", attributeAtEnd, name, attribute, single, double] = match;
    if (position > 0 && slashes === "") return undefined;
    if (attributeAtEnd !== undefined)
      return steps.length > 0 && slashes === "/" ? { steps, attribute: attributeAtEnd } : undefined;
    steps.push({ name: name ?? "", anywhere: slashes === "//", attribute, value: single ?? double });
    position += whole.length;
  }
  return steps.length === 0 ? undefined : { steps, attribute: undefined };
}
