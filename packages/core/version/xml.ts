import { XMLParser, XMLValidator } from "fast-xml-parser";
import { OperationError } from "../errors.ts";
import { decodeText, readContent } from "./file-content.ts";
import { decodeReferences, UnknownReference } from "./xml-references.ts";

export interface XmlElement {
  name: string;
  attributes: Record<string, string>;
  children: XmlElement[];
  /** All character data directly inside, joined, references decoded, blanks kept. */
  text: string;
}

/** What `fast-xml-parser` gives with `preserveOrder`: one key with the children, and the attributes beside it. */
type OrderedNode = Record<string, unknown>;

const textKey = "#text";
const cdataKey = "#cdata";
const attributesKey = ":@";

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: "",
  textNodeName: textKey,
  cdataPropName: cdataKey,
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  // References are decoded here: a document type can then define nothing that grows or reads other files.
  processEntities: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
});

/**
 * Parses an XML 1.0 or 1.1 document; a document type is passed over and nothing that it defines is known. Throws
 * `application-unreadable` with file and line where it is not well-formed; the text, which may hold passwords, is never quoted.
 */
export function parseXml(content: string, { file }: { file: string }): XmlElement {
  const text = content.replace(/^\uFEFF/, "").replaceAll("\r\n", "\n");
  const checked = XMLValidator.validate(text);
  if (checked !== true) throw notWellFormed(file, `line ${checked.err.line}: ${describeFault(checked.err)}`);
  const roots = parseOrdered(text, file).filter((node) => elementName(node) !== undefined);
  const [root] = roots;
  if (root === undefined || roots.length > 1) throw notWellFormed(file, "it must have exactly one outermost element");
  try {
    return toElement(root);
  } catch (error) {
    if (!(error instanceof UnknownReference)) throw error;
    throw notWellFormed(file, `a reference (&…;) is not known, or ${bareAmpersand}`);
  }
}

// The parser throws plain errors: for external entities, reserved names and nesting without end.
function parseOrdered(text: string, file: string): OrderedNode[] {
  try {
    return parser.parse(text) as OrderedNode[];
  } catch (error) {
    throw notWellFormed(file, "it has external entities, reserved names or too many levels", error);
  }
}

/** Reads and parses an XML file in UTF-8, UTF-16 with byte order mark, or Latin-1 where its declaration says so. */
export async function readXml(file: string): Promise<XmlElement> {
  const content = await readContent(file);
  const isLatin1 = /^<\?xml[^>]*encoding=["'](?:iso-8859-1|latin1|us-ascii|windows-1252)["']/i.test(
    content.subarray(0, 200).toString("latin1"),
  );
  return parseXml(isLatin1 ? new TextDecoder("windows-1252").decode(content) : decodeText(content), { file });
}

function notWellFormed(file: string, problem: string, cause?: unknown): OperationError {
  return new OperationError("application-unreadable", `${file} is not well-formed XML: ${problem}`, {
    hint: "correct the file; the application itself cannot read it like this either",
    cause,
  });
}

// The parser's own messages quote the document.
function describeFault({ code, msg }: { code: string; msg: string }): string {
  if (code === "InvalidChar" && msg.includes("'&'")) return bareAmpersand;
  return faults[code] ?? "it cannot be understood";
}

const bareAmpersand = "a bare & must be written &amp;";

const faults: Record<string, string> = {
  InvalidAttr: 'an attribute is not written as name="value", or stands twice',
  InvalidChar: "text stands outside the outermost element",
  InvalidTag: "a tag is not closed, or a bare < must be written &lt;",
  InvalidXml: "a tag is not closed, or there is none at all",
};

function elementName(node: OrderedNode): string | undefined {
  return Object.keys(node).find((key) => key !== attributesKey && key !== textKey && key !== cdataKey);
}

function toElement(node: OrderedNode): XmlElement {
  const name = elementName(node) ?? "";
  const nodes = (node[name] ?? []) as OrderedNode[];
  const attributes = Object.entries((node[attributesKey] ?? {}) as Record<string, string>);
  return {
    name,
    attributes: Object.fromEntries(attributes.map(([key, value]) => [key, decodeReferences(value)])),
    children: nodes.filter((child) => elementName(child) !== undefined).map(toElement),
    text: nodes.map(characterData).join(""),
  };
}

function characterData(node: OrderedNode): string {
  if (typeof node[textKey] === "string") return decodeReferences(node[textKey]);
  const section = node[cdataKey] as OrderedNode[] | undefined;
  return section === undefined ? "" : section.map((part) => String(part[textKey] ?? "")).join("");
}
