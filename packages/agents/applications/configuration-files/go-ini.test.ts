import { describe, expect, it } from "vitest";
import { IniSyntaxError, parseGoIni } from "./go-ini.ts";

function value(line: string): string | undefined {
  return parseGoIni(`[s]\nKEY = ${line}`).get("s")?.get("KEY");
}

describe("parseGoIni", () => {
  it.each([
    ["plain", "plain"],
    ["  blanks around  ", "blanks around"],
    ["", ""],
    ["mysql            ; mysql | postgres", "mysql"],
    ["a # comment", "a"],
    ["a#b;c", "a"],
    ["`p#w;d`", "p#w;d"],
    ["`p#w;d` ; behind", "p#w;d"],
    ["`with ` inside`", "with ` inside"],
    ['"""a#b"""', "a#b"],
    ['"quoted value"', "quoted value"],
    ["'quoted value'", "quoted value"],
    ['"a" and "b"', '"a" and "b"'],
    ['"', '"'],
    ["a = b : c", "a = b : c"],
    ["C:\\gitea\\", "C:\\gitea\\"],
    ["a%(b", "a%(b"],
    ["100%", "100%"],
  ])("reads the value %j as %j", (line, expected) => {
    expect(value(line)).toBe(expected);
  });

  it("reads values that span lines in three double quotes and in backquotes", () => {
    const text = '[s]\nA = """one\n  two\nthree""" ; end\nB = `x\ny`\nC = z\n';
    expect([...(parseGoIni(text).get("s") ?? [])]).toEqual([
      ["A", "one\n  two\nthree"],
      ["B", "x\ny"],
      ["C", "z"],
    ]);
  });

  it("keeps sections apart, joins those that come twice, and lets the last value count", () => {
    const ini = parseGoIni(
      "\uFEFFA = 0\r\n; comment\r\n# comment\r\n[a]\r\nK=1\r\nk : 2\r\n[ a.b ]\r\nK = 3\r\n[a]\r\nK = 4\r\n",
    );
    expect(ini.get("")?.get("A")).toBe("0");
    expect([...(ini.get("a") ?? [])]).toEqual([
      ["K", "4"],
      ["k", "2"],
    ]);
    expect(ini.get("a.b")?.get("K")).toBe("3");
  });

  it("reads keys in quotes", () => {
    const keys = parseGoIni('[s]\n"a = b" = 1\n`c:d` : 2\n"""e"f""" = 3\n').get("s");
    expect([...(keys ?? [])]).toEqual([
      ["a = b", "1"],
      ["c:d", "2"],
      ['e"f', "3"],
    ]);
  });

  it("replaces references to keys of the same section, else of the part before the first section", () => {
    const ini = parseGoIni(
      "BASE = /srv\nNAME = $&\n[s]\nBASE = %(BASE)s/gitea\nDATA = %(BASE)s/%(NAME)s/%(NONE)s\nLOOP = %(LOOP)s\n",
    );
    expect(ini.get("s")?.get("BASE")).toBe("/srv/gitea");
    expect(ini.get("s")?.get("DATA")).toBe("/srv/gitea/$&/%(NONE)s");
    expect(ini.get("s")?.get("LOOP")).toBe("%(LOOP)s");
  });

  it.each([
    ["[s\n", 1],
    ["[s]\nno delimiter\n", 2],
    ["\n\nA = `never closed\nB = 1\n", 3],
    ['"key = 1\n', 1],
  ])("says in which line %j is broken", (text, line) => {
    expect(() => parseGoIni(text)).toThrow(expect.objectContaining({ name: "IniSyntaxError", line }));
  });

  it("never throws anything but its own error, whatever it is given", () => {
    const pieces = [
      "[",
      "]",
      "=",
      ":",
      '"""',
      "`",
      '"',
      "'",
      "\\",
      "\n",
      "#",
      ";",
      "a",
      " ",
      "%(a)s",
      "\r\n",
      "\0",
      "é",
    ];
    let seed = 7;
    const next = (limit: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return seed % limit;
    };
    for (let round = 0; round < 3_000; round += 1) {
      const text = Array.from({ length: next(30) }, () => pieces[next(pieces.length)]).join("");
      try {
        parseGoIni(text);
      } catch (error) {
        expect(error, JSON.stringify(text)).toBeInstanceOf(IniSyntaxError);
      }
    }
  });
});
