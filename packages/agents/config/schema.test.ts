import { describe, expect, it } from "vitest";
import { applicationTypes } from "../applications/registry.ts";
import { knownApplicationNames, resolveApplication } from "./resolve.ts";
import { type AgentConfig, agentConfigSchema } from "./schema.ts";

function parse(value: unknown): AgentConfig {
  return agentConfigSchema.parse(value);
}

function problems(applications: object): string[] {
  const result = agentConfigSchema.safeParse({ applications });
  return result.error?.issues.map(({ path, message }) => `${path.join(".")}: ${message}`) ?? [];
}

const typeNames = applicationTypes.map(({ name }) => name);
const ready = applicationTypes.filter(({ requiredKeys }) => requiredKeys.length === 0).map(({ name }) => name);

describe("the agent's configuration", () => {
  it("needs nothing, and has its defaults in one place", () => {
    expect(parse({})).toEqual({
      compression: { format: "zstd", level: 3 },
      retention: {},
      drill: { directory: "/var/tmp" },
      applications: {},
    });
  });

  it("takes the example of the documentation", () => {
    const config = parse({
      workDir: "/var/backups/backup-tools",
      compression: { format: "zstd", level: 3 },
      retention: { last: 3 },
      applications: {
        confluence: {
          home: "/var/atlassian/application-data/confluence",
          install: "/opt/atlassian/confluence",
          database: {
            engine: "mysql",
            host: "127.0.0.1",
            port: 3306,
            name: "confluence",
            user: "confluence",
            password: { file: "/p" },
          },
          files: { include: [], exclude: ["**/temp/**"] },
          hooks: { before: [["systemctl", "stop", "confluence"], "sync; sleep 1"], after: [] },
          timeout: "2h",
        },
        wiki2: { type: "confluence", home: "/srv/wiki2" },
        intranet: {
          type: "generic",
          version: { file: "/srv/intranet/package.json", json: "version" },
          databases: [{ engine: "postgresql", name: "intranet" }],
          paths: ["/srv/intranet/uploads"],
        },
      },
    });
    expect(config.applications.confluence).toMatchObject({ timeout: 7_200_000, database: { skip: [] } });
    expect(config.applications.wiki2).toMatchObject({
      hooks: { before: [], after: [] },
      files: { include: [], exclude: [] },
    });
  });

  it.each<[string, object, string]>([
    [
      "an application whose type is neither given nor its name",
      { wiki2: { home: "/srv" } },
      "wiki2.type: missing; expected one of",
    ],
    [
      "an unknown type",
      { wiki: { type: "conflunce" } },
      `wiki.type: expected one of ${typeNames.join(", ")}, got "conflunce" (did you mean "confluence"?)`,
    ],
    [
      "a key of another type",
      { confluence: { paths: ["/a"] } },
      "confluence.paths: an application of type confluence has no such key",
    ],
    ["a generic application without a version", { a: { type: "generic", paths: ["/a"] } }, "a.version: missing"],
    ["a name that is none", { "Wiki 2": { type: "confluence" } }, "Wiki 2"],
    ["an unknown key", { confluence: { hme: "/srv" } }, "hme"],
    [
      "host and socket at once",
      { confluence: { database: { host: "h", socket: "/s" } } },
      "database.socket: give host or socket",
    ],
    [
      "a file for a server",
      { confluence: { database: { engine: "mysql", file: "/f" } } },
      "database.file: only sqlite has a file",
    ],
    ["a user for SQLite", { gitea: { database: { engine: "sqlite", user: "u" } } }, "database.user: sqlite takes"],
    ["a container of SQLite", generic({ engine: "sqlite", file: "/f", container: "db" }), "container: sqlite takes"],
    [
      "a container's name that is an option",
      generic({ engine: "mysql", name: "x", container: "-it" }),
      "container: expected",
    ],
    [
      "a container's name with a blank",
      generic({ engine: "mysql", name: "x", container: "a b" }),
      "container: expected",
    ],
    [
      "an unknown runtime of containers",
      generic({ engine: "mysql", name: "x", container: "a", containerRuntime: "lxc" }),
      "containerRuntime",
    ],
    [
      "a runtime without a container",
      { confluence: { database: { containerRuntime: "podman" } } },
      "containerRuntime: has no meaning without `container`",
    ],
    ["a generic database without a name", generic({ engine: "mysql" }), "databases.0.name: missing"],
    ["a generic database without an engine", generic({ name: "x" }), "databases.0.engine: missing"],
    ["a generic SQLite without a file", generic({ engine: "sqlite", name: "x" }), "databases.0.file: missing"],
    ["a kind that cannot be skipped", { confluence: { database: { skip: ["tables"] } } }, "database.skip.0"],
    ["a relative path", { confluence: { home: "srv" } }, "confluence.home"],
    ["a pattern that can match nothing", { confluence: { files: { exclude: ["../x"] } } }, "files.exclude.0"],
    ["a hook without a program", { confluence: { hooks: { before: [3] } } }, "hooks.before.0: expected a command"],
    ["a timeout that is none", { confluence: { timeout: "soon" } }, "confluence.timeout"],
  ])("refuses %s", (_, applications, expected) => {
    expect(problems(applications).join("\n")).toContain(expected);
  });

  it("has a description for every key", () => {
    const missing: string[] = [];
    const visit = (schema: unknown, path: string): void => {
      const node = schema as {
        description?: string;
        properties?: object;
        items?: unknown;
        additionalProperties?: unknown;
        anyOf?: unknown[];
      };
      for (const [key, child] of Object.entries(node.properties ?? {})) {
        const isReference = ["file", "env", "credential"].includes(key) && path.endsWith("password");
        if (!(child as { description?: string }).description && !isReference) missing.push(`${path}.${key}`);
        visit(child, `${path}.${key}`);
      }
      for (const child of [node.items, node.additionalProperties, ...(node.anyOf ?? [])])
        if (typeof child === "object") visit(child, path);
    };
    visit(agentConfigSchema.toJSONSchema({ io: "input", unrepresentable: "any" }), "");
    expect(missing).toEqual([]);
  });
});

function generic(database: object): object {
  return { a: { type: "generic", version: { value: "1" }, databases: [database] } };
}

describe("resolveApplication", () => {
  it("takes a type that needs no configuration, with nothing but defaults", () => {
    expect(resolveApplication(parse({}), "confluence")).toMatchObject({
      name: "confluence",
      type: { name: "confluence" },
      settings: { files: { include: [], exclude: [] }, hooks: { before: [], after: [] } },
    });
  });

  it("takes a configured name with its type", () => {
    const config = parse({ applications: { wiki2: { type: "confluence", home: "/srv/wiki2" } } });
    expect(resolveApplication(config, "wiki2")).toMatchObject({
      type: { name: "confluence" },
      settings: { home: "/srv/wiki2" },
    });
  });

  it.each(["conflunce", "generic", "constructor", "", "wiki"])("refuses %j and lists what is known", (name) => {
    const config = parse({ applications: { wiki2: { type: "confluence" } } });
    expect(() => resolveApplication(config, name)).toThrow(
      expect.objectContaining({
        code: "application-unknown",
        hint: expect.stringContaining(`wiki2, ${ready.join(", ")}\n`),
      }),
    );
  });

  it("guesses what was meant", () => {
    expect(() => resolveApplication(parse({}), "conflunce")).toThrow(
      'there is no application "conflunce" (did you mean "confluence"?)',
    );
  });

  it("knows each name once, those of the configuration first", () => {
    expect(knownApplicationNames(parse({ applications: { wiki: { type: "confluence" }, gitea: {} } }))).toEqual([
      "wiki",
      "gitea",
      ...ready.filter((name) => name !== "gitea"),
    ]);
  });
});

it("has types whose names suit archives and are unique", () => {
  expect(new Set(typeNames).size).toBe(typeNames.length);
  expect(typeNames.every((name) => /^[a-z0-9][a-z0-9.-]{0,62}$/.test(name))).toBe(true);
});
