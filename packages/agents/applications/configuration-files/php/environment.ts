import type { Host } from "../../host.ts";
import { readServiceUnit } from "../../service/systemd-unit.ts";

/** The environment of the PHP program, as far as it is known. */
export interface PhpEnvironment {
  variables: ReadonlyMap<string, string>;
  /** Whether a variable that is not among them is not set. */
  isComplete: boolean;
}

const services = ["apache2", "httpd", "php-fpm"];
const poolDirectories = ["/etc/php-fpm.d", "/usr/local/etc/php-fpm.d"];

/**
 * In a container, the environment that all its programs share; elsewhere what the units of web server and PHP set, and
 * the pools of PHP-FPM (`env[NAME] = value`). What two of them set differently is not known.
 */
export async function readPhpEnvironment(host: Host): Promise<PhpEnvironment> {
  const isContainer = (await host.kind("/.dockerenv")) ?? (await host.kind("/run/.containerenv"));
  if (isContainer !== undefined) {
    const own = Object.entries(host.environment).filter((entry): entry is [string, string] => entry[1] !== undefined);
    return { variables: new Map(own), isComplete: true };
  }
  const versions = ((await host.list("/etc/php")) ?? []).filter((name) => /^\d/.test(name));
  const found = new Map<string, Set<string>>();
  for (const name of [...services, ...versions.map((version) => `php${version}-fpm`)])
    for (const [key, value] of (await readServiceUnit(host, name))?.environment ?? []) add(key, value);
  for (const directory of [...poolDirectories, ...versions.map((version) => `/etc/php/${version}/fpm/pool.d`)])
    for (const name of (await host.list(directory)) ?? []) {
      const text = name.endsWith(".conf") ? await host.readText(`${directory}/${name}`) : "";
      for (const [, key = "", quoted, plain] of (text ?? "").matchAll(poolVariable)) add(key, quoted ?? plain ?? "");
    }
  const certain = [...found].flatMap(([key, [value = "", ...others]]) =>
    others.length > 0 ? [] : [[key, value] as const],
  );
  return { variables: new Map(certain), isComplete: false };

  function add(key: string, value: string): void {
    found.set(key, (found.get(key) ?? new Set()).add(value));
  }
}

/** The value of a variable; false where it is not set, undefined where that is not known. */
export function environmentVariable(
  { variables, isComplete }: PhpEnvironment,
  name: string,
): string | false | undefined {
  return variables.get(name) ?? (isComplete && !ofRequests.test(name) ? false : undefined);
}

// What a request brings is in no environment.
const ofRequests = /^(?:HTTP|REQUEST|SERVER|REMOTE|QUERY|SCRIPT|DOCUMENT)_|^HTTPS$/;

// A value that begins with `$` is one of the variables that FPM itself was started with.
const poolVariable = /^\s*env\[(\w+)\]\s*=\s*(?:"([^"\n$]*)"|([^"\s$;]+))\s*$/gm;
