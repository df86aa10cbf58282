import { expect, it } from "vitest";
import type { ApplicationOverview } from "./collect.ts";
import { describeDatabase, renderOverview } from "./render.ts";

const entry: ApplicationOverview = {
  name: "confluence",
  type: "confluence",
  configured: false,
  found: true,
  home: "/srv/wiki",
  install: "/opt/wiki",
  version: "8.5.4",
  databases: [{ engine: "mysql", name: "wiki", host: "db1", port: 3306, user: "backup" }],
  trees: [{ label: "home", root: "/srv/wiki", include: [] }],
  evidence: [],
  warnings: [],
  problem: undefined,
};
const bare = { home: undefined, install: undefined, version: undefined, databases: [], trees: [] };
const missing = { code: "application-not-found", message: "it was not found; looked at:\n- /srv", hint: "set `home`" };

it("shows a table, what stands in the way, and the types", () => {
  const text = renderOverview({
    applications: [
      entry,
      { ...entry, ...bare, name: "wiki2", configured: true, found: false, problem: missing },
      { ...entry, ...bare, name: "gitea", type: "gitea", found: false, problem: missing },
      {
        ...entry,
        ...bare,
        name: "intranet",
        type: "generic",
        configured: true,
        trees: [
          { label: "a", root: "/srv/a", include: [] },
          { label: "b", root: "/srv/b", include: [] },
        ],
        warnings: ["a link leads nowhere"],
      },
    ],
    types: [
      { name: "confluence", title: "Atlassian Confluence" },
      { name: "generic", title: "any other application" },
    ],
  });
  expect(text).toBe(`APPLICATION  TYPE        FOUND           VERSION  DATABASE
confluence   confluence  /srv/wiki       8.5.4    mysql db1:3306/wiki as backup
wiki2        confluence  no              -        -
intranet     generic     /srv/a, /srv/b  -        -

wiki2: it was not found; looked at:
  - /srv
  set \`home\`

intranet: warning: a link leads nowhere

not found on this host: gitea
every place that was looked at: backup-agent applications gitea

types:
  confluence  Atlassian Confluence
  generic     any other application
`);
});

it("says so where there is nothing at all", () => {
  const text = renderOverview({
    applications: [{ ...entry, ...bare, name: "gitea", type: "gitea", found: false, problem: missing }],
    types: [{ name: "gitea", title: "Gitea" }],
  });
  expect(text).toBe(`no application was found on this host, and none is configured

not found on this host: gitea
every place that was looked at: backup-agent applications gitea

types:
  gitea  Gitea
`);
});

it.each([
  [{ engine: "mysql", name: "n" }, "mysql localhost/n"],
  [{ engine: "mysql", name: "n", host: "::1", port: 3306, user: "u" }, "mysql [::1]:3306/n as u"],
  [{ engine: "mysql", name: "n", socket: "/run/s.sock", user: "u" }, "mysql /run/s.sock/n as u"],
  [
    { engine: "mariadb", name: "n", user: "u", container: { name: "db", runtime: "podman" } },
    "mariadb localhost/n as u in podman container db",
  ],
  [{ engine: "sqlite", name: "n", file: "/srv/n.db" }, "sqlite /srv/n.db"],
] as const)("describes %j as %s", (database, expected) => {
  expect(describeDatabase(database)).toBe(expected);
});
