import { join } from "node:path";
import { OperationError } from "@catapullt/core/errors";
import SSHConfig from "ssh-config";
import { z } from "zod";
import { type HopConfig, parseHop } from "../../config/jump.ts";

/** What OpenSSH's configuration says of a host; undefined where it says nothing. */
export interface SshHostSettings {
  address: string | undefined;
  port: number | undefined;
  user: string | undefined;
  /** In their order; paths as they stand there, with tokens filled in. */
  identityFiles: string[];
  /** Undefined where nothing is said; none where `ProxyJump none` is. */
  jump: HopConfig[] | undefined;
  knownHostsFiles: string[] | undefined;
  hostKeyAlias: string | undefined;
}

export interface LookupOptions {
  /** The name that is asked for, as in `ssh NAME`. */
  name: string;
  /** The user, where our own configuration says it: `Match user` asks for it. */
  user: string | undefined;
  home: string;
  /** Who runs this. */
  localUser: string;
  environment: NodeJS.ProcessEnv;
}

/** Looks a host up in the texts of OpenSSH's configuration, the first of which wins. No command of it is ever run. Pure. */
export function lookUpHost(texts: readonly string[], options: LookupOptions): SshHostSettings {
  const { name, user } = options;
  const found = texts.map((text) => keywordsOf(text, { name, user }));
  const valuesOf = (keyword: string) => found.find((keywords) => keywords[keyword] !== undefined)?.[keyword];
  const first = (keyword: string) => valuesOf(keyword)?.[0];

  const address = first("hostname");
  const known = {
    host: address === undefined ? name : fill(address, options, { "%h": name }),
    user: user ?? first("user"),
  };
  const tokens = { "%h": known.host, "%n": name, "%r": known.user ?? options.localUser };
  const path = (text: string) => expandPath(text, options, tokens);
  const jump = first("proxyjump");
  if (jump === undefined && (first("proxycommand") ?? "none") !== "none") {
    throw new OperationError(
      "config-invalid",
      `OpenSSH's configuration reaches ${name} by a ProxyCommand, which is not run here`,
      {
        hint: "use ProxyJump there, or say `jump` here",
      },
    );
  }
  return {
    address: address === undefined ? undefined : known.host,
    port: first("port") === undefined ? undefined : readPort(first("port") ?? "", name),
    user: known.user === undefined ? undefined : fill(known.user, options, tokens),
    identityFiles: found
      .flatMap((keywords) => keywords.identityfile ?? [])
      .filter((file) => file !== "none")
      .map(path),
    jump: jump === undefined ? undefined : readJump(jump, name),
    knownHostsFiles: valuesOf("userknownhostsfile")
      ?.filter((file) => file !== "none")
      .map(path),
    hostKeyAlias: first("hostkeyalias"),
  };
}

function keywordsOf(text: string, { name, user }: Pick<LookupOptions, "name" | "user">): Record<string, string[]> {
  const config = SSHConfig.parse(text);
  // The parser would look names up with a program.
  for (const line of config)
    if ("config" in line)
      line.config = line.config.filter(
        (one) => !("param" in one) || !/^canonicalizehostname$/i.test(one.param),
      ) as typeof line.config;
  const asked = { Host: name, ...(user === undefined ? {} : { User: user }) };
  const computed = config.compute(asked, { ignoreCase: true, matchExec: false });
  return Object.fromEntries(Object.entries(computed).map(([keyword, value]) => [keyword, [value].flat()]));
}

function readPort(text: string, name: string): number {
  const port = z.coerce.number().int().min(1).max(65_535).safeParse(text).data;
  if (port !== undefined) return port;
  throw new OperationError("config-invalid", `OpenSSH's configuration gives ${name} the port ${JSON.stringify(text)}`, {
    hint: "expected a number from 1 to 65535 there",
  });
}

function readJump(text: string, name: string): HopConfig[] {
  if (text.toLowerCase() === "none") return [];
  return text.split(",").map((part) => {
    const hop = parseHop(part);
    if (hop !== undefined) return hop;
    throw new OperationError(
      "config-invalid",
      `OpenSSH's configuration gives ${name} the jump host ${JSON.stringify(part)}`,
      {
        hint: "expected [user@]host[:port] there",
      },
    );
  });
}

type Tokens = Record<string, string>;

function fill(text: string, { localUser, home }: LookupOptions, tokens: Tokens): string {
  const known: Tokens = { "%%": "%", "%u": localUser, "%d": home, ...tokens };
  return text.replace(/%./g, (token) => known[token] ?? token);
}

function expandPath(text: string, options: LookupOptions, tokens: Tokens): string {
  const { home, environment } = options;
  const withVariables = text.replace(/\$\{(\w+)\}/g, (_, variable: string) => environment[variable] ?? "");
  const filled = fill(withVariables, options, tokens);
  if (filled.startsWith("~/")) return join(home, filled.slice(2));
  return filled.startsWith("/") ? filled : join(home, ".ssh", filled);
}
