import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { createTemporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { packedPrograms } from "./programs.ts";
import { packProgram } from "./tarball.ts";

const temporary = createTemporaryDirectory("packed");
const directory = temporary.path;
let environment: NodeJS.ProcessEnv;

/** Runs something in a network of its own, which leads nowhere, with nothing but what was installed on PATH. */
function offline(command: string, args: readonly string[], options: { cwd?: string; reject?: boolean } = {}) {
  return execa("unshare", ["--net", command, ...args], { ...options, env: environment, extendEnv: false });
}

beforeAll(async () => {
  const home = join(directory, "home");
  mkdirSync(home);
  environment = {
    HOME: home,
    PATH: [join(directory, "host", "bin"), dirname(process.execPath), "/usr/bin", "/bin"].join(delimiter),
    XDG_STATE_HOME: join(home, "state"),
  };
  for (const program of packedPrograms) {
    const tarball = await packProgram(program, directory);
    const place = ["--prefix", join(directory, "host"), "--cache", join(directory, "empty-cache")];
    await offline("npm", ["install", "--global", "--offline", "--no-audit", ...place, tarball]);
  }
}, 300_000);

afterAll(() => temporary.remove());

describe("the packed programs, installed without a network and run outside of the repository", () => {
  test.each(packedPrograms.map(({ command }) => command))("%s tells version and commit, and helps", async (command) => {
    const { stdout } = await offline(command, ["--version"]);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+ \([0-9a-f]{10}(?:, changed)?\)$/);
    expect((await offline(command, ["--help"])).stdout).toContain(`Usage: ${command}`);
  });

  test.each(packedPrograms.map(({ folder }) => folder))(
    "%s brings licences and source maps, and needs nothing else",
    (folder) => {
      const installed = join(directory, "host", "lib", "node_modules", "@catapullt", folder);
      const manifest = JSON.parse(readFileSync(join(installed, "package.json"), "utf8"));
      expect([manifest.dependencies, manifest.scripts]).toEqual([undefined, undefined]);
      const licences = readFileSync(join(installed, "THIRD-PARTY-LICENCES.txt"), "utf8");
      for (const name of ["commander", "pino", "yaml", "zod"])
        expect(licences).toMatch(new RegExp(`^## ${name} \\d`, "m"));
      expect(licences).toContain("Permission is hereby granted");
      expect(existsSync(join(installed, "LICENSE"))).toBe(true);
      const [entry] = Object.values<string>(manifest.bin);
      expect(existsSync(join(installed, `${entry}.map`))).toBe(true);
    },
  );

  test("back up, tell and pull", async () => {
    const data = join(directory, "data");
    const stateDir = join(directory, "state");
    const [work, vault, messages] = ["work", "vault", "messages.txt"].map((name) => join(directory, name));
    for (const path of [data, work, vault]) mkdirSync(String(path));
    writeFileSync(join(data, "page.txt"), "what the company knows\n");
    const configure = (name: string, config: object) => {
      const path = join(directory, `${name}.json`);
      writeFileSync(path, JSON.stringify(config), { mode: 0o600 });
      return path;
    };
    const agent = configure("agent", {
      workDir: work,
      stateDir,
      applications: { intranet: { type: "generic", version: { value: "1.2" }, paths: [data] } },
    });
    const notify = configure("notify", { stateDir, transports: [{ type: "file", path: messages }] });
    const archiver = configure("archiver", { vault, hosts: { wiki01: { type: "local", path: work } } });
    const { exitCode } = await offline("notify", ["-c", notify, "--", "backup-agent", "-c", agent, "intranet"]);
    expect([exitCode, readFileSync(String(messages), "utf8")]).toEqual([
      0,
      expect.stringContaining("[backup] OK intranet on"),
    ]);
    await offline("archiver", ["-c", archiver, "pull"]);
    const { stdout } = await offline("archiver", ["-c", archiver, "--json", "list"]);
    const [held] = JSON.parse(stdout);
    expect(held).toMatchObject({ host: "wiki01", application: "intranet", version: "1.2" });
    const archive = join(String(vault), "wiki01", "intranet", held.name);
    expect((await offline("backup-agent", ["verify", archive])).exitCode).toBe(0);
  });

  test("tell of a run although an update takes the program away while it goes on", async () => {
    const messages = join(directory, "updated.txt");
    const config = join(directory, "updated.json");
    writeFileSync(config, JSON.stringify({ stateDir: directory, transports: [{ type: "file", path: messages }] }));
    const installed = join(directory, "host", "lib", "node_modules", "@catapullt", "notifier");
    const update = `until test -e ${directory}/loaded; do sleep 0.1; done; mv ${installed} ${installed}.old; exit 3`;
    const running = offline("notify", ["-v", "-c", config, "--", "sh", "-c", update], { reject: false });
    running.stderr?.on("data", (text) => {
      if (String(text).includes("may be updated")) writeFileSync(join(directory, "loaded"), "");
    });
    const { exitCode } = await running;
    expect([exitCode, readFileSync(messages, "utf8")]).toEqual([3, expect.stringContaining("FAILED sh on")]);
  });
});
