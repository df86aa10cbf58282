import type { DatabaseSettings } from "../engine.ts";
import { isAtLeast, type Product } from "./product.ts";

/**
 * The option file that tells a client program where to connect and as whom: the one way for a password that neither the
 * process list nor the environment shows.
 */
export function optionFile(settings: DatabaseSettings, tool: Product): string {
  const { socket, host, port, user, password } = settings;
  const lines = ["[client]"];
  if (user !== undefined) lines.push(`user=${quoteOption(user)}`);
  if (password !== undefined) lines.push(`password=${quoteOption(password)}`);
  if (socket !== undefined) lines.push("protocol=socket", `socket=${quoteOption(socket)}`);
  // Without the protocol, `localhost` would mean the unix socket; in every application's settings it means TCP.
  else if (host !== undefined || port !== undefined)
    lines.push("protocol=tcp", `host=${quoteOption(host ?? "127.0.0.1")}`, `port=${port ?? 3306}`);
  lines.push(...tlsOptions(settings.tls, tool));
  return `${lines.join("\n")}\n`;
}

/** Quotes a value so that `#`, blanks at its ends, quotes and backslashes are kept (the option files' own escapes). */
export function quoteOption(value: string): string {
  const escapes: Record<string, string> = { "\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t" };
  return `"${value.replace(/[\\"\n\r\t]/g, (character) => escapes[character] ?? character)}"`;
}

function tlsOptions(tls: DatabaseSettings["tls"], tool: Product): string[] {
  if (tls === undefined) return [];
  const authority = tls.caFile === undefined ? [] : [`ssl-ca=${quoteOption(tls.caFile)}`];
  if (tool.flavour === "mysql") {
    return [`ssl-mode=${tls.mode.replace("-", "_").toUpperCase()}`, ...authority];
  }
  if (tls.mode === "disabled") return ["skip-ssl"];
  if (tls.mode.startsWith("verify")) return ["ssl", "ssl-verify-server-cert", ...authority];
  // From 11.4 on certificates are verified unless told otherwise, and self-signed ones refused.
  const unverified = isAtLeast(tool, 11, 4) ? ["skip-ssl-verify-server-cert"] : [];
  return tls.mode === "required" ? ["ssl", ...unverified] : unverified;
}
