import { describe, expect, test } from "vitest";
import { withoutDefiners, withoutSandboxLine } from "./dump-rewrite.ts";

type Rewrite = (source: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>;

async function rewritten(rewrite: Rewrite, dump: string, pieceSize = dump.length): Promise<string> {
  const bytes = Buffer.from(dump, "latin1");
  async function* pieces() {
    for (let at = 0; at < bytes.length; at += pieceSize) yield bytes.subarray(at, at + pieceSize);
  }
  const parts: Uint8Array[] = [];
  for await (const part of rewrite(pieces())) parts.push(part);
  return Buffer.concat(parts).toString("latin1");
}

describe("the sandbox line", () => {
  const rest = `-- MariaDB dump 10.19\n${"SELECT 1;\n".repeat(1000)}`;
  test.each([
    ["of the first releases", "/*!999999\\- enable the sandbox mode */\n"],
    ["of later ones", "/*M!999999\\- enable the sandbox mode */ \n"],
  ])("is left out: %s", async (_, line) => {
    for (const size of [1, 7, 100_000]) expect(await rewritten(withoutSandboxLine, line + rest, size)).toBe(rest);
    expect(await rewritten(withoutSandboxLine, `-- put in front\n\n${line}${rest}`)).toBe(`-- put in front\n\n${rest}`);
    expect(await rewritten(withoutSandboxLine, line)).toBe("");
  });

  test("stays in data", async () => {
    const dump = `INSERT INTO a VALUES ('\n/*M!999999\\- enable the sandbox mode */ \n');\n`;
    expect(await rewritten(withoutSandboxLine, dump)).toBe(dump);
  });
});

describe("definers", () => {
  test.each([
    [
      "a trigger's",
      "DELIMITER ;;\n/*!50003 CREATE*/ /*!50017 DEFINER=`app;u``ser`@`10.%`*/ /*!50003 TRIGGER t BEFORE INSERT ON a FOR EACH ROW BEGIN END */;;\nDELIMITER ;\n",
      "DELIMITER ;;\n/*!50003 CREATE*/ /*!50017 */ /*!50003 TRIGGER t BEFORE INSERT ON a FOR EACH ROW BEGIN END */;;\nDELIMITER ;\n",
    ],
    [
      "a routine's, and what its body says stays",
      "DELIMITER ;;\nCREATE DEFINER=`a`@`b` PROCEDURE `p`() BEGIN SELECT 'CREATE DEFINER=`a`@`b` VIEW'; END ;;\nDELIMITER ;\n",
      "DELIMITER ;;\nCREATE PROCEDURE `p`() BEGIN SELECT 'CREATE DEFINER=`a`@`b` VIEW'; END ;;\nDELIMITER ;\n",
    ],
    [
      "an event's",
      "/*!50106 CREATE*/ /*!50117 DEFINER=`a`@`b`*/ /*!50106 EVENT e ON SCHEDULE EVERY 1 DAY DO SELECT 1 */;\n",
      "/*!50106 CREATE*/ /*!50117 */ /*!50106 EVENT e ON SCHEDULE EVERY 1 DAY DO SELECT 1 */;\n",
    ],
    [
      "a view's, not its SQL SECURITY",
      "/*!50001 CREATE ALGORITHM=UNDEFINED */\n/*!50013 DEFINER=`a`@`b` SQL SECURITY DEFINER */\n/*!50001 VIEW `v` AS SELECT 'DEFINER=`a`@`b`' */;\n",
      "/*!50001 CREATE ALGORITHM=UNDEFINED */\n/*!50013 SQL SECURITY DEFINER */\n/*!50001 VIEW `v` AS SELECT 'DEFINER=`a`@`b`' */;\n",
    ],
    [
      "a role's",
      "CREATE DEFINER=`role` FUNCTION f() RETURNS INT RETURN 1;\n",
      "CREATE FUNCTION f() RETURNS INT RETURN 1;\n",
    ],
  ])("are left out: %s", async (_, dump, expected) => {
    const around = (text: string) =>
      `-- start\nINSERT INTO x VALUES\n(1,'a');\n${text}INSERT INTO x VALUES\n(2,'b');\n`;
    for (const size of [1, 3, 17, 100_000])
      expect(await rewritten(withoutDefiners, around(dump), size)).toBe(around(expected));
  });

  test.each([
    [
      "data",
      "INSERT INTO `t` VALUES\n(1,'CREATE DEFINER=`a`@`b` VIEW v;'),\n(2,';\\nCREATE DEFINER=`a`@`b` VIEW x');\n",
    ],
    ["a table's comment", "CREATE TABLE `t` (a INT) COMMENT='CREATE DEFINER=`a`@`b` VIEW v';\n"],
    ["a comment", "-- CREATE DEFINER=`a`@`b` VIEW v;\n"],
    ["bytes that are not UTF-8", "INSERT INTO `t` VALUES\n('\xff\xfe\\0');\n"],
  ])("stay in %s", async (_, dump) => {
    for (const size of [1, 5, 100_000]) expect(await rewritten(withoutDefiners, dump, size)).toBe(dump);
  });
});
