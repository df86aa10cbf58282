import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { expect, test } from "vitest";
import { run } from "../process/run.ts";
import { configDirectories, findConfigFile } from "./places.ts";

interface Places {
  system: string;
  home: string;
  write: (path: string) => string;
  find: (environment?: Record<string, string>, file?: string) => Promise<string | undefined>;
}

function createPlaces(): Places {
  const root = temporaryDirectory();
  const system = join(root, "etc");
  const home = join(root, "home");
  return {
    system,
    home,
    write(path) {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, "");
      return path;
    },
    find: (environment = {}, file) =>
      findConfigFile({ program: "agent", file, environment: { HOME: home, ...environment } }, system),
  };
}

test("finds nothing where there is nothing", async () => {
  expect(await createPlaces().find()).toBeUndefined();
});

test.each(["agent.yaml", "agent.yml", "agent.json"])("finds %s in the system's directory", async (name) => {
  const { system, write, find } = createPlaces();
  const path = write(join(system, name));
  expect(await find()).toBe(path);
});

test("takes the named file first, then the variable's, the system's and the user's", async () => {
  const { system, home, write, find } = createPlaces();
  const user = write(join(home, ".config/backup-tools/agent.yaml"));
  expect(await find()).toBe(user);
  const ofSystem = write(join(system, "agent.yaml"));
  expect(await find()).toBe(ofSystem);
  const named = write(join(home, "named.yaml"));
  expect(await find({ BACKUP_AGENT_CONFIG: named })).toBe(named);
  const option = write(join(home, "option.yaml"));
  expect(await find({ BACKUP_AGENT_CONFIG: named }, option)).toBe(option);
});

test("takes an empty variable for none", async () => {
  expect(await createPlaces().find({ BACKUP_AGENT_CONFIG: "" })).toBeUndefined();
});

test("looks below XDG_CONFIG_HOME, unless that is a relative path", () => {
  expect(configDirectories({ HOME: "/h", XDG_CONFIG_HOME: "/x" })).toEqual(["/etc/backup-tools", "/x/backup-tools"]);
  expect(configDirectories({ HOME: "/h", XDG_CONFIG_HOME: "x" })[1]).toBe("/h/.config/backup-tools");
});

test("refuses two files in one place and names both", async () => {
  const { system, write, find } = createPlaces();
  const yaml = write(join(system, "agent.yaml"));
  const json = write(join(system, "agent.json"));
  await expect(find()).rejects.toMatchObject({
    code: "config-invalid",
    message: `there are several configuration files: ${yaml} and ${json}`,
  });
});

test("fails where the named file does not exist, also if others do", async () => {
  const { system, write, find } = createPlaces();
  write(join(system, "agent.yaml"));
  await expect(find({}, "/nonexistent/x.yaml")).rejects.toMatchObject({
    code: "config-missing",
    message: expect.stringContaining("/nonexistent/x.yaml, named by --config,"),
  });
  await expect(find({ BACKUP_AGENT_CONFIG: "/nonexistent" })).rejects.toMatchObject({ code: "config-missing" });
  await expect(find({}, "")).rejects.toMatchObject({ code: "usage-invalid" });
});

test("does not pass over a place that it cannot look into", async () => {
  const { system, write, find } = createPlaces();
  write(system);
  expect(await find()).toBeUndefined();
  const looping = temporaryDirectory();
  const { symlinkSync } = await import("node:fs");
  symlinkSync("agent.yaml", join(looping, "agent.yaml"));
  await expect(findConfigFile({ program: "agent", file: undefined, environment: {} }, looping)).rejects.toMatchObject({
    code: "config-invalid",
    message: expect.stringContaining("agent.yaml"),
  });
});

test("reads and runs nothing in the current directory", async () => {
  const { home, system, write } = createPlaces();
  const traps = ["agent.yaml", ".config/config.js", ".config/config.ts", "package.json", "agent.config.js", ".agentrc"];
  const directory = join(home, "work");
  for (const trap of traps) write(join(directory, trap));
  for (const trap of traps.filter((name) => /[jt]s$/.test(name)))
    writeFileSync(join(directory, trap), "process.stdout.write('trapped');");
  const script = `
    const { findConfigFile } = await import(${JSON.stringify(new URL("./places.ts", import.meta.url).href)});
    const options = { program: "agent", file: undefined, environment: { HOME: ${JSON.stringify(home)} } };
    process.stdout.write(String(await findConfigFile(options, ${JSON.stringify(system)})));`;
  const { output, exitCode } = await run(process.execPath, ["--input-type=module", "--eval", script], { directory });
  expect({ exitCode, output: output.toString() }).toEqual({ exitCode: 0, output: "undefined" });
});
