import { join } from "node:path";
import type { Host } from "../../host.ts";
import { type Candidate, type Found, findPlace } from "../../search.ts";
import type { LocateRequest } from "../../type.ts";

const serverDirectories = [
  "/etc/apache2/sites-enabled",
  "/etc/apache2/conf-enabled",
  "/etc/httpd/conf",
  "/etc/httpd/conf.d",
  "/etc/nginx/sites-enabled",
  "/etc/nginx/conf.d",
  "/etc/caddy",
];
const usualRoots = ["/var/www", "/var/www/html", "/srv/www"];

export interface WebApplicationSearch {
  /** `WordPress`. */
  title: string;
  /** A file that it has in its directory, whatever its release. */
  mark: string;
  /** Where packages put it. */
  usual: readonly string[];
}

/**
 * An application in PHP: its `home`, else what the web servers of this host serve, the usual places, and the directories in
 * these. Where its `home` is not configured, `warnings` tell of each further one on this host. Throws `application-not-found`.
 */
export async function findWebApplication(
  { name, settings, host }: LocateRequest,
  { title, mark, usual }: WebApplicationSearch,
): Promise<{ home: Found; warnings: string[] }> {
  const roots = [...(await servedDirectories(host)), ...[...usual, ...usualRoots].map(usualPlace)];
  const inRoots = await Promise.all(roots.map((root) => directoriesIn(host, root)));
  const places = withoutRepetition([...roots, ...inRoots.flat()]);
  const isThere = async (path: string) => (await host.kind(join(path, mark))) === "file";
  const found: Candidate[] = [];
  for (const place of places) if (await isThere(place.path)) found.push(place);
  const home = await findPlace({
    what: `the directory of ${title}`,
    key: `applications.${name}.home`,
    candidates: [
      { path: settings.home, source: `applications.${name}.home` },
      ...found,
      ...roots.map((root) => ({ ...root, note: "" })),
    ],
    check: async (path) => ((await isThere(path)) ? undefined : `neither it nor a directory in it has ${mark}`),
  });
  const others = settings.home === undefined ? await distinct(host, home.path, found) : [];
  return {
    home,
    warnings: others.map(
      (path) =>
        `there is another ${title} in ${path}: it needs an entry of its own, such as \`applications.${name}2: { type: ${name}, home: ${path} }\`; with \`applications.${name}.home: ${home.path}\` nothing more is said of it`,
    ),
  };
}

interface Place {
  path: string;
  source: string;
  isGuess: true;
}

function usualPlace(path: string): Place {
  return { path, source: "a usual place", isGuess: true };
}

/** Document roots and aliases of Apache, nginx and Caddy. */
async function servedDirectories(host: Host): Promise<Place[]> {
  const places: Place[] = [];
  for (const directory of serverDirectories) {
    for (const name of (await host.list(directory)) ?? []) {
      const path = join(directory, name);
      const text = (await host.kind(path)) === "file" ? ((await host.readText(path)) ?? "") : "";
      for (const [, root, alias] of text.matchAll(servedDirectory))
        places.push({ path: (root ?? alias ?? "").replace(/(?<=.)\/+$/, ""), source: path, isGuess: true });
    }
  }
  return places;
}

const servedDirectory =
  /^[ \t]*(?:DocumentRoot|root(?:[ \t]+\*)?)[ \t]+"?(\/[^\s";]*)|^[ \t]*Alias[ \t]+\S+[ \t]+"?(\/[^\s";]*)/gim;

async function directoriesIn(host: Host, { path, source }: Place): Promise<Place[]> {
  const names = (await host.list(path)) ?? [];
  return names.map((name) => ({ path: join(path, name), source: `in ${path} (${source})`, isGuess: true }));
}

function withoutRepetition(places: readonly Place[]): Place[] {
  return places.filter(({ path }, index) => places.findIndex((other) => other.path === path) === index);
}

async function distinct(host: Host, home: string, found: readonly Candidate[]): Promise<string[]> {
  const real = new Set([(await host.realPath(home)) ?? home]);
  const others: string[] = [];
  for (const { path = "" } of found) {
    const own = (await host.realPath(path)) ?? path;
    if (!real.has(own)) others.push(path);
    real.add(own);
  }
  return others;
}
