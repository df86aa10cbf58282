import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadConfig } from "@catapullt/core/config/load";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { describe, expect, it } from "vitest";
import { notifyConfigDescription } from "./config.ts";

function load(text: string, environment: NodeJS.ProcessEnv = {}) {
  const file = join(temporaryDirectory("notify-config"), "notify.yaml");
  writeFileSync(file, text);
  return loadConfig(notifyConfigDescription, { file, environment });
}

const fileTransport = "transports: [{ type: file, path: /srv/messages }]\n";

describe("the configuration of transports", () => {
  it("is checked by the rules of each type that it names", async () => {
    await expect(load("transports: [{ type: file, path: messages }, { type: ntfy }]\n")).rejects.toThrow(
      /transports\[0\]\.path: expected a full path[\s\S]*transports\[1\]\.url: missing/,
    );
  });

  it("knows all types where a variable sets one", async () => {
    const environment = {
      NOTIFY__TRANSPORTS__0__TYPE: "command",
      NOTIFY__TRANSPORTS__0__COMMAND: '["/bin/tell"]',
    };
    expect((await load("{}\n", environment)).config.transports).toMatchObject([{ type: "command" }]);
    const more = { NOTIFY__TRANSPORTS__1__TYPE: "gotify", NOTIFY__TRANSPORTS__1__URL: "https://push.example.com" };
    await expect(load(fileTransport, more)).rejects.toThrow(/transports\[1\]\.token: missing/);
  });

  it("knows all types where a text is expanded to one", async () => {
    const text = `transports: [{ type: "\${KIND}", path: /srv/messages }]\n`;
    expect((await load(text, { KIND: "file" })).config.transports).toMatchObject([{ type: "file" }]);
  });

  it.each(["transports: [file]\n", "transports: file\n", "transports: [null]\n", "transports: [{ type: [file] }]\n"])(
    "refuses %j with all types that there are, or what else was expected",
    async (text) => {
      await expect(load(text)).rejects.toThrow(/one of these types: smtp, .*, webhook|expected a (?:list|mapping)/);
    },
  );

  it("may be empty", async () => {
    expect((await load("transports: []\n")).config.transports).toEqual([]);
  });
});
