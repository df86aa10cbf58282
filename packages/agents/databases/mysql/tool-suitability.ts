import type { DatabaseContext, DatabaseSettings, DumpTools, ToolWarning } from "../engine.ts";
import { findClient } from "./client.ts";
import { isAtLeast, type Product, parseServerVersion } from "./product.ts";
import { findTool } from "./tools.ts";

/** See `DatabaseEngine.findDumpTools`. */
export async function findDumpTools(
  settings: DatabaseSettings,
  serverVersion: string | undefined,
  context: DatabaseContext,
): Promise<DumpTools> {
  const server = serverVersion === undefined ? undefined : parseServerVersion(serverVersion);
  const dump = await findTool("dump", server?.flavour ?? (settings.engine === "mysql" ? "mysql" : "mariadb"), context);
  const client = await findClient(settings, context);
  return {
    titles: [dump.title, client.title],
    warnings: server === undefined ? [] : findUnsuitability(dump, server),
  };
}

const names = { mysql: "MySQL", mariadb: "MariaDB" } as const;

/** Why a dump program may not suit a server; the server's own release, or a later one, is what its vendor tests. */
export function findUnsuitability(tool: Product & { title: string }, server: Product): ToolWarning[] {
  if (tool.flavour !== server.flavour) {
    return [
      {
        message: `${tool.title} is ${names[tool.flavour]}'s, the server is ${names[server.flavour]}'s (${server.text}): their vendors do not test the two together`,
        hint: `install the client of ${names[server.flavour]} (apt-get install ${server.flavour}-client), and hold a drill`,
      },
    ];
  }
  const [major, minor] = server.version;
  if (isAtLeast(tool, major, minor)) return [];
  return [
    {
      message: `${tool.title} is older than the server (${server.text}), whose new kinds of objects it may not know`,
      hint: `install the client of ${names[server.flavour]} ${major}.${minor} or later, and hold a drill`,
    },
  ];
}
