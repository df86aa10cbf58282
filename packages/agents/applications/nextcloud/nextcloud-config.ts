import { dirname, join } from "node:path";
import { readPhpEnvironment } from "../configuration-files/php/environment.ts";
import { readPhpConfig } from "../configuration-files/php/php-config.ts";
import { PhpUnknown, type PhpValue } from "../configuration-files/php/value.ts";
import type { LocateRequest } from "../type.ts";

export interface NextcloudConfig {
  /** `config.php`. */
  path: string;
  /** It, and those beside it that are merged into it. */
  files: readonly string[];
  /** Undefined where nothing sets it. */
  value(key: string): PhpValue | undefined;
  /** Files outside of its directory that it includes. */
  included: readonly string[];
  warnings: readonly string[];
}

/**
 * `config.php` and the files `*.config.php` beside it, of which the last in natural order counts, with variables of the
 * environment (`NC_dbhost`) over all. Throws `application-unreadable`.
 */
export async function readNextcloudConfig(
  request: Pick<LocateRequest, "name" | "host">,
  { home, path }: { home: string; path: string },
): Promise<NextcloudConfig> {
  const { host } = request;
  const directory = dirname(path);
  const names = ((await host.list(directory)) ?? []).filter((name) => name.endsWith(".config.php"));
  const order = new Intl.Collator("en", { numeric: true });
  const merged = new Map<string, PhpValue>();
  const included: string[] = [];
  const warnings: string[] = [];
  const files = [path, ...names.sort(order.compare).map((name) => join(directory, name))];
  for (const file of files) {
    const read = await readPhpConfig(request, file, { variables: { "OC::$SERVERROOT": home } });
    const values = read.variables.get("CONFIG");
    if (values instanceof Map) for (const [key, value] of values) merged.set(key, value);
    if (values instanceof PhpUnknown)
      warnings.push(`${file} sets $CONFIG to what is not known here (${values.reason})`);
    included.push(...read.included);
    warnings.push(...read.warnings);
  }
  const { variables } = await readPhpEnvironment(host);
  return { path, files, value: (key) => variables.get(`NC_${key}`) ?? merged.get(key), included, warnings };
}
