import { BlockList, isIP } from "node:net";
import { DeliveryError } from "./delivery-error.ts";
import { isLoopback } from "./loopback.ts";
import { parseSecretUrl } from "./secret-url.ts";

const usualPorts: Record<string, string> = { "http:": "80", "https:": "443" };

/**
 * The address of the proxy for an address, undefined for none: `https_proxy` or `HTTPS_PROXY` for https, `http_proxy` or
 * `HTTP_PROXY` for http, but not for what `no_proxy` or `NO_PROXY` names, and never for this host. The small letters win.
 */
export function findProxy(url: URL, environment: NodeJS.ProcessEnv): string | undefined {
  if (isLoopback(url.hostname)) return undefined;
  const name = url.protocol === "https:" ? "https_proxy" : "http_proxy";
  const proxy = readVariable(name, environment);
  if (proxy === "" || isExcepted(url, readVariable("no_proxy", environment))) return undefined;
  return parseProxy(proxy, name.toUpperCase());
}

function readVariable(name: string, environment: NodeJS.ProcessEnv): string {
  return (environment[name] || environment[name.toUpperCase()] || "").trim();
}

// As other programs do, takes a name and port for a proxy over HTTP.
function parseProxy(text: string, variable: string): string {
  const address = text.includes("://") ? text : `http://${text}`;
  if (parseSecretUrl(address) !== undefined) return address;
  throw new DeliveryError(`the proxy in ${variable} is no address`, {
    hint: "expected an address such as http://proxy.example.com:3128",
    isTransient: false,
  });
}

// What curl and Go take: names with all below them, `*`, addresses, networks, each with a port or without.
function isExcepted(url: URL, exceptions: string): boolean {
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1").replace(/\.$/, "");
  const port = url.port || usualPorts[url.protocol];
  return exceptions
    .toLowerCase()
    .split(/[\s,]+/)
    .some((exception) => {
      const [, name = "", wantedPort] =
        /^(.+?)(?::(\d+))?$/.exec(isIP(exception) === 6 ? `[${exception}]` : exception) ?? [];
      return (wantedPort === undefined || wantedPort === port) && covers(name.replace(/^\[(.*)\]$/, "$1"), host);
    });
}

function covers(exception: string, host: string): boolean {
  if (exception === "*") return true;
  if (isIP(host) !== 0) return exception === host || isWithin(host, exception);
  const domain = exception.replace(/^\*?\./, "");
  return domain !== "" && (host === domain || host.endsWith(`.${domain}`));
}

function isWithin(address: string, network: string): boolean {
  const [, start = "", length = ""] = /^(.+)\/(\d{1,3})$/.exec(network) ?? [];
  const family = isIP(start);
  if (family === 0 || family !== isIP(address) || Number(length) > (family === 4 ? 32 : 128)) return false;
  const type = family === 4 ? "ipv4" : "ipv6";
  const block = new BlockList();
  block.addSubnet(start, Number(length), type);
  return block.check(address, type);
}
