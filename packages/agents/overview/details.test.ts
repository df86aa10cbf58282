import { expect, it } from "vitest";
import type { ApplicationOverview } from "./collect.ts";
import { renderDetails } from "./details.ts";

const wiki: ApplicationOverview = {
  name: "wiki",
  type: "confluence",
  configured: true,
  found: true,
  home: "/srv/wiki",
  install: undefined,
  version: "8.5.4",
  databases: [{ engine: "mysql", name: "wiki", host: "db1", user: "backup" }],
  trees: [
    { label: "home", root: "/srv/wiki", include: [] },
    { label: "environment", root: "/etc", include: ["wiki.env"] },
  ],
  evidence: [{ what: "home", value: "/srv/wiki", source: "applications.wiki.home" }],
  warnings: ["a link leads nowhere"],
  problem: undefined,
};

it("shows where everything was found, and what is in the way", () => {
  const missing = {
    code: "application-not-found",
    message: "it was not found; looked at:\n- /srv",
    hint: "set `home`",
  };
  const gitea = {
    ...wiki,
    name: "gitea",
    type: "gitea",
    version: undefined,
    databases: [],
    trees: [],
    evidence: [],
    warnings: [],
  };
  expect(
    renderDetails({ applications: [wiki, { ...gitea, found: false, problem: missing }], types: [] }),
  ).toBe(`wiki (confluence):
  home      /srv/wiki (applications.wiki.home)
  version   8.5.4
  database  mysql db1/wiki as backup
  saves     /srv/wiki as files/home
  saves     /etc (only wiki.env) as files/environment
  warning   a link leads nowhere

gitea:
  it was not found; looked at:
  - /srv
  set \`home\`
`);
});
