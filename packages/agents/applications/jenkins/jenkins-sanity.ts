import { basename, join } from "node:path";
import { enumerate } from "../../databases/enumerate.ts";
import type { Host } from "../host.ts";
import { filesOf } from "../sanity/restored-parts.ts";
import type { RestoredData, SanityAnswer, SanityCheck } from "../sanity/sanity.ts";
import { readJenkinsConfig } from "./jenkins-config.ts";

/** What a drill asks of a restored Jenkins. */
export const jenkinsSanityChecks: readonly SanityCheck[] = [
  { title: "every job has its configuration", needs: ["files"], ask: findJobs },
  { title: "there are plugins, and users where users log in", needs: ["files"], ask: countParts },
  { title: "the keys that open the credentials are there", needs: ["files"], ask: findKeys },
];

async function findJobs(data: RestoredData): Promise<SanityAnswer> {
  const { host, root } = filesOf(data);
  const home = root("home") ?? "/";
  const jobs = await listJobs(host, join(home, "jobs"));
  const broken = jobs.filter(({ hasConfig }) => !hasConfig).map(({ path }) => path.slice(home.length + 1));
  return {
    figures: [{ what: "jobs and folders", count: jobs.length }],
    findings:
      broken.length === 0
        ? []
        : [
            `${broken.length} of ${jobs.length} jobs have no config.xml: ${enumerate(broken)}: were they deleted meanwhile?`,
          ],
  };
}

// Folders hold jobs of their own, as deep as somebody liked; branches of a job are in `branches`.
async function listJobs(host: Host, directory: string): Promise<{ path: string; hasConfig: boolean }[]> {
  const found: { path: string; hasConfig: boolean }[] = [];
  const pending = [directory];
  for (let place = pending.pop(); place !== undefined; place = pending.pop()) {
    for (const name of (await host.list(place)) ?? []) {
      const path = join(place, name);
      if ((await host.kind(path)) !== "directory") continue;
      found.push({ path, hasConfig: (await host.kind(join(path, "config.xml"))) === "file" });
      pending.push(join(path, "jobs"), join(path, "branches"));
    }
  }
  return found.toSorted((one, other) => (one.path < other.path ? -1 : 1));
}

async function countParts(data: RestoredData): Promise<SanityAnswer> {
  const { host, root } = filesOf(data);
  const home = root("home") ?? "/";
  const plugins = ((await host.list(join(home, "plugins"))) ?? []).filter((name) => /\.[jh]pi$/.test(name));
  const users: string[] = [];
  for (const name of (await host.list(join(home, "users"))) ?? [])
    if ((await host.kind(join(home, "users", name, "config.xml"))) === "file") users.push(name);
  const { hasOwnUsers, path } = await readJenkinsConfig(host, home);
  return {
    figures: [
      { what: "plugins", count: plugins.length },
      { what: "users", count: users.length },
    ],
    findings:
      hasOwnUsers && users.length === 0
        ? [`${basename(path)} says that Jenkins keeps its users itself, and there is none: nobody can log in`]
        : [],
  };
}

async function findKeys(data: RestoredData): Promise<SanityAnswer> {
  const { host, root } = filesOf(data);
  const home = root("home") ?? "/";
  const areSeparate = data.manifest.trees.some(({ excluded }) =>
    excluded.some((rule) => rule.startsWith("secrets/**")),
  );
  if (areSeparate) return { figures: [], findings: [] };
  const missing: string[] = [];
  for (const name of ["secrets/master.key", "secrets/hudson.util.Secret"])
    if ((await host.kind(join(home, name))) !== "file") missing.push(name);
  return {
    figures: [],
    findings: missing.length === 0 ? [] : [`the home lacks ${missing.join(" and ")}: no credential can be read`],
  };
}
