import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { describe, expect, test } from "vitest";
import { parseXml, readXml } from "./xml.ts";
import { isXmlPath, selectElements, selectText } from "./xml-path.ts";

const parse = (content: string) => parseXml(content, { file: "/etc/app.xml" });

const confluence = `<?xml version="1.0" encoding="UTF-8"?>
<!-- written by the setup & not by <hand> -->
<confluence-configuration>
  <setupStep>complete</setupStep>
  <buildNumber>9012</buildNumber>
  <properties>
    <property name="attachments.dir">\${confluenceHome}/attachments</property>
    <property name="hibernate.connection.url">jdbc:mysql://db1:3306/confluence?useUnicode=true&amp;characterEncoding=utf8</property>
    <property name="hibernate.connection.password"> s3cr&amp;t&lt;x&#33;&#x20AC;<![CDATA[&<raw>]]></property>
    <property name="empty"></property>
  </properties>
</confluence-configuration>
`;

describe("a Confluence configuration", () => {
  const property = (name: string) => `//property[@name='${name}']`;

  test.each([
    ["/confluence-configuration/buildNumber", "9012"],
    ["confluence-configuration/setupStep", "complete"],
    [property("hibernate.connection.url"), "jdbc:mysql://db1:3306/confluence?useUnicode=true&characterEncoding=utf8"],
    ['/confluence-configuration/properties/property[@name="empty"]', ""],
    ["/confluence-configuration/properties/property/@name", "attachments.dir"],
    ["//properties/*[@name='attachments.dir']", `\${confluenceHome}/attachments`],
    ["/buildNumber", undefined],
    [property("none"), undefined],
  ])("has %s", (path, value) => {
    expect(selectText(parse(confluence), path)).toBe(value);
  });

  test("keeps every character of a text, blanks included", () => {
    const [password] = selectElements(parse(confluence), property("hibernate.connection.password"));
    expect(password?.text).toBe(" s3cr&t<x!€&<raw>");
  });

  test("reads the same with a byte order mark and CRLF line ends", () => {
    expect(parse(`\uFEFF${confluence.replaceAll("\n", "\r\n")}`)).toEqual(parse(confluence));
  });
});

test("reads attributes, with references", () => {
  const server = parse(
    `<Server><Service><Context><Resource name="jdbc/confluence" password='a&quot;b&amp;c' url="jdbc:x?a=1&amp;b=2"/></Context></Service></Server>`,
  );
  expect(selectElements(server, "//Resource[@name='jdbc/confluence']")[0]?.attributes).toEqual({
    name: "jdbc/confluence",
    password: 'a"b&c',
    url: "jdbc:x?a=1&b=2",
  });
  expect(selectText(server, "//Resource/@password")).toBe('a"b&c');
});

test("reads XML 1.1, as Jenkins writes it", () => {
  expect(
    selectText(
      parse("<?xml version='1.1' encoding='UTF-8'?>\n<hudson><version>2.426.3</version></hudson>"),
      "/hudson/version",
    ),
  ).toBe("2.426.3");
});

test("finds an element once, however many of its ancestors are found", () => {
  expect(selectElements(parse("<a><b><b><c/></b></b></a>"), "//b//c")).toHaveLength(1);
});

test.each([
  ["", "line 1: a tag is not closed, or there is none at all"],
  ["hello", "line 1: text stands outside the outermost element"],
  ["<a>\n<b>x & y</b></a>", "line 2: a bare & must be written &amp;"],
  ["<a b='x & y'/>", "a bare & must be written &amp;"],
  ["<a>\npw<x</a>", "line 2: a tag is not closed, or a bare < must be written &lt;"],
  ["<a><b></a>", "line 1: a tag is not closed"],
  ["<a", "a tag is not closed"],
  ["<a b=c/>", 'an attribute is not written as name="value"'],
  ["<a b='1' b='2'/>", "or stands twice"],
  ["<a/><b/>", "it must have exactly one outermost element"],
  ["<a>&unknown;</a>", "a reference (&…;) is not known"],
  ["<a>&#0;</a>", "a reference (&…;) is not known"],
  ["<a>&#xD800;</a>", "a reference (&…;) is not known"],
  ["<__proto__>x</__proto__>", "reserved names"],
])("refuses %j, with the file and what to correct", (content, problem) => {
  expect(() => parse(content)).toThrow(
    expect.objectContaining({
      code: "application-unreadable",
      message: expect.stringContaining(`/etc/app.xml is not well-formed XML: `),
    }),
  );
  expect(() => parse(content)).toThrow(problem);
});

test("never quotes the document, which may hold passwords", () => {
  for (const text of [
    "hunter2&x",
    "hunter2<x",
    "x<hunter2",
    "&hunter2;",
    "x<hunter2>y",
    "</hunter2>",
    "]]<hunter2 a>",
  ]) {
    const messages: string[] = [];
    try {
      parse(`<a><password>${text}</password></a>`);
    } catch (error) {
      messages.push((error as Error).message);
    }
    expect(messages).toHaveLength(1);
    expect(messages[0]).not.toContain("hunter2");
  }
});

describe("a document type", () => {
  test("is passed over", () => {
    expect(parse(`<!DOCTYPE a SYSTEM "file:///etc/passwd"><a>x</a>`).text).toBe("x");
  });

  test("cannot define anything that grows", () => {
    const entities = `<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">`;
    expect(() => parse(`<!DOCTYPE l [${entities}]><l>&c;</l>`)).toThrow("a reference (&…;) is not known");
  });

  test("cannot make other files be read", () => {
    expect(() => parse(`<!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/passwd">]><l>&x;</l>`)).toThrow(
      "external entities",
    );
  });
});

test.each([
  ["UTF-8", Buffer.from("<?xml version='1.0' encoding='UTF-8'?><a>ä</a>")],
  ["Latin-1", Buffer.from("<?xml version='1.0' encoding='ISO-8859-1'?><a>ä</a>", "latin1")],
  ["UTF-16", Buffer.from("\uFEFF<?xml version='1.0' encoding='UTF-16'?><a>ä</a>", "utf16le")],
])("reads a file in %s", async (_encoding, content) => {
  const path = join(temporaryDirectory(), "x.xml");
  writeFileSync(path, content);
  expect((await readXml(path)).text).toBe("ä");
});

test.each(["a", "/a/b", "//a", "a//b", "*", "a[@b='c']", 'a/b[@c="d/e"]/@f', "ns:a", "a-b.c/d"])(
  "takes %j for a path",
  (path) => {
    expect(isXmlPath(path)).toBe(true);
  },
);

test.each(["", "/", "a/", "a b", "@a", "a[1]", "a[@b=c]", "a/@b/c", "a///b", "a//@b", "1a", "a['b']"])(
  "takes %j for none",
  (path) => {
    expect(isXmlPath(path)).toBe(false);
  },
);
